import type { CommandEntry } from './command.ts';

/** Every command, in the order of `ao --help`. */
export const commands: readonly CommandEntry[] = [
  {
    name: 'daemon',
    summary: 'start, stop or look at the background process that runs everything',
    examples: ['ao daemon status', 'ao daemon stop --agents'],
    load: () => import('./commands/daemon.ts'),
  },
  {
    name: 'doctor',
    summary: 'check what ao needs on this machine, and say what to do',
    examples: ['ao doctor', 'ao doctor --json'],
    load: () => import('./commands/doctor.ts'),
  },
  {
    name: 'schema',
    summary: 'print the JSON Schema of agent-orchestrator.yaml',
    examples: ['ao schema > agent-orchestrator.schema.json'],
    load: () => import('./commands/schema.ts'),
  },
];
