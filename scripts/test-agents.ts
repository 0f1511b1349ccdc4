// npm run test:agents [-- <agent>[@<version>]…]: the real agents, in exact versions, against a model server of ours and without a network.
// npm run test:agents -- --install [<agent>…]: only installs them into a cache, and says what is there.
// npm run test:agents -- --table: writes the tables of failures and of screens into docs/agents.md, from the recordings.
// npm run test:agents -- --record-screens [<agent>…] [--only <scene>]: records what their terminals show, without a network.
// npm run test:agents -- --record [<agent>…] [--only <recording, as once/*>]: records them at work, for the tests of their adapters.
import { spawnSync } from 'node:child_process';
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Client, clientNamed, clients } from '../test/agents/clients/catalogue.ts';
import { agentCache, type Installed, installClient, sizeOf } from '../test/agents/clients/install.ts';
import { makeTable } from '../test/agents/failure-table.ts';
import { isolated, loopbackOnly } from '../test/agents/isolation.ts';
import { page, withTable } from '../test/agents/page.ts';
import { record } from '../test/agents/record/record.ts';
import { allFigures, makeScreensTable } from '../test/agents/screens/figures.ts';
import { recordScreens } from '../test/agents/screens/record.ts';
import { readOptions } from './options.ts';

const { values, positionals } = readOptions({
  options: {
    install: { type: 'boolean', default: false },
    record: { type: 'boolean', default: false },
    'record-screens': { type: 'boolean', default: false },
    table: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true, default: [] },
  },
  allowPositionals: true,
});
const chosen = positionals.length > 0 ? positionals.map(clientNamed) : clients;

/** Null when it cannot be had: then its tests say so. */
async function install(client: Client): Promise<Installed | null> {
  try {
    const installed = await installClient(client);
    const when = installed.seconds === null ? 'was there' : `${installed.seconds} s`;
    console.log(`${client.name} ${client.version}: ${sizeOf(installed.prefix)} MB, ${when}`);
    return installed;
  } catch (error) {
    console.log(
      `${client.name} ${client.version}: ${error instanceof Error ? error.message : String(error)}`,
    );
    return null;
  }
}

/** In a network of its own where the system lets us make one. */
function runIsolated(command: readonly string[]): number {
  const before = isolated();
  const [program = '', ...args] = [...(before ?? []), process.execPath, ...command];
  const env = {
    ...process.env,
    TMPDIR: tmpdir(), // not in memory as other tests: codex' sandbox has a /dev of its own
    AO_TEST_AGENT_CACHE: agentCache(),
    AO_TEST_AGENTS: chosen.map(({ name, version }) => `${name}@${version}`).join(','),
    AO_TEST_ISOLATED: before === null ? '0' : '1',
  };
  return spawnSync(program, args, { stdio: 'inherit', env }).status ?? 1;
}

const test = (): number =>
  runIsolated([
    join(import.meta.dirname, 'run-tests.ts'),
    ...globSync('test/agents/suites/*.ts').toSorted(),
    '--test-concurrency=5',
    '--test-timeout=300000',
  ]);

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(1));

if (values.table) {
  const withFailures = withTable(readFileSync(page, 'utf8'), 'failures', makeTable());
  writeFileSync(page, withTable(withFailures, 'screens', makeScreensTable(await allFigures())));
  process.exit(0);
}
const withScreens = values['record-screens'];
const within = process.env['AO_TEST_ISOLATED'] !== undefined;
if (withScreens && within) loopbackOnly(); // brings it up
const missing: string[] = [];
for (const client of chosen) {
  const installed = await install(client);
  if (installed === null) missing.push(client.name);
  else if (values.record) await record(client, installed, values.only);
  else if (withScreens && within) await recordScreens(client, installed, values.only);
}
if (withScreens && !within) process.exitCode = runIsolated(process.argv.slice(1));
else process.exitCode = values.install || values.record || withScreens ? Number(missing.length > 0) : test();
