// One prompt on the command line, one process to its end: the simplest channel of every client.
import { profiles } from '../clients/profiles.ts';
import type { Recording } from './recordings.ts';
import type { Take } from './take.ts';

const scenarios = [
  'write',
  'rate-limit',
  'rate-limit-twice',
  'usage-limit',
  'limit-midway',
  'quota',
  'overloaded',
  'server-error',
  'unauthorized',
  'context',
  'drop',
  'unfinished',
  'empty',
  'truncated',
  'hang',
  'hang-in-stream',
];

const untilItsEnd = async (take: Take): Promise<void> => take.closeInput();

export function onceRecordings(client: string): readonly Recording[] {
  const argv = profiles[client]?.oneShot('Write hello.txt.') ?? [];
  // Some take ten seconds until they ask at all, and many of them keep silent about what goes wrong.
  const common = { argv, patienceMs: 30_000, drive: untilItsEnd };
  return [
    ...scenarios.map((scenario) => ({ ...common, name: `once-${scenario}`, scenario })),
    {
      ...common,
      name: 'once-refused',
      scenario: 'write',
      drive: async (take, server) => {
        await server.close();
        await untilItsEnd(take);
      },
    },
  ];
}
