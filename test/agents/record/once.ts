// One prompt on the command line, one process to its end: the simplest channel of every client.
import type { ModelServer } from '../../support/model-server/server.ts';
import { waitFor } from '../../support/wait-for.ts';
import { profiles } from '../clients/profiles.ts';
import { faults, type Recording } from './recordings.ts';
import type { Take } from './take.ts';

/** Some take long until they ask at all; the watchdog's time begins when they have. */
async function started(take: Take, server: ModelServer): Promise<void> {
  take.closeInput();
  await waitFor('a request', () => take.exited || server.log.asked().length > 0, 120_000);
}

export function onceRecordings(client: string): readonly Recording[] {
  const argv = profiles[client]?.oneShot('Write hello.txt.') ?? [];
  const common = { argv, patienceMs: 20_000, drive: started };
  return [
    ...['write', ...faults].map((scenario) => ({ ...common, name: `once/${scenario}`, scenario })),
    {
      ...common,
      name: 'once/refused',
      scenario: 'write',
      patienceMs: 60_000,
      drive: async (take, server) => {
        await server.close();
        take.closeInput();
      },
    },
  ];
}
