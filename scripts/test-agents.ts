// npm run test:agents -- --install [<agent>…]: installs the real agents into a cache, and says what is there.
// npm run test:agents -- --record [<agent>…] [--only <recording>]: records them at work, for the tests of their adapters.
import { parseArgs } from 'node:util';
import { clientNamed, clients } from '../test/agents/clients/catalogue.ts';
import { installClient, sizeOf } from '../test/agents/clients/install.ts';
import { record } from '../test/agents/record/record.ts';

const { values, positionals } = parseArgs({
  options: {
    install: { type: 'boolean', default: false },
    record: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true, default: [] },
  },
  allowPositionals: true,
});
const chosen = positionals.length > 0 ? positionals.map(clientNamed) : clients;
for (const client of chosen) {
  const installed = await installClient(client);
  const when = installed.seconds === null ? 'was there' : `${installed.seconds} s`;
  console.log(`${client.name} ${client.version}: ${sizeOf(installed.prefix)} MB, ${when}`);
  if (values.record) await record(client, installed, values.only);
}
