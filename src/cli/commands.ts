import type { CommandEntry } from './command.ts';

/** Every command, in the order of `ao --help`. */
export const commands: readonly CommandEntry[] = [
  {
    name: 'fix',
    summary: 'bring a repository to green: findings become tasks, agents work, what is proved lands',
    examples: ['ao fix --agent claude-code', 'ao fix ~/shop --check test="npm test" --agent codex --yolo'],
    load: () => import('./commands/fix.ts'),
  },
  {
    name: 'demo',
    summary: 'watch a small red repository become green, with agents that lie, crash, hang and cheat',
    examples: ['ao demo', 'ao demo --keep'],
    load: () => import('./commands/demo.ts'),
  },
  {
    name: 'status',
    summary: 'show runs with their tasks, or one run, task or session',
    examples: ['ao status', 'ao status ab12cd34'],
    load: () => import('./commands/status.ts'),
  },
  {
    name: 'list',
    summary: 'list sessions, newest first',
    examples: ['ao list', 'ao list --live --json'],
    load: () => import('./commands/list.ts'),
  },
  {
    name: 'logs',
    summary: 'show what an agent printed',
    examples: ['ao logs ab12cd34', 'ao logs ab12cd34 -f -n 50'],
    load: () => import('./commands/logs.ts'),
  },
  {
    name: 'attach',
    summary: 'enter the terminal of an agent that works in tmux; follow one that has none',
    examples: ['ao attach ab12cd34'],
    load: () => import('./commands/attach.ts'),
  },
  {
    name: 'send',
    summary: 'say something to an agent that works; it gets it as soon as it can take it',
    examples: ['ao send ab12cd34 "use the existing helper"', 'ao send ab12cd34 --file notes.md --interrupt'],
    load: () => import('./commands/send.ts'),
  },
  {
    name: 'approve',
    summary: 'allow what an agent asks to be allowed',
    examples: ['ao approve ab12cd34'],
    load: () => import('./commands/approve.ts'),
  },
  {
    name: 'deny',
    summary: 'refuse what an agent asks to be allowed',
    examples: ['ao deny ab12cd34 --reason "use npm test instead"'],
    load: () => import('./commands/deny.ts'),
  },
  {
    name: 'diff',
    summary: 'show what a task or session has changed, finished or not',
    examples: ['ao diff ab12cd34', 'ao diff ab12cd34 | git apply'],
    load: () => import('./commands/diff.ts'),
  },
  {
    name: 'stop',
    summary: 'stop a run: its agents end, their work is saved, ao fix --resume goes on',
    examples: ['ao stop 19886f0b28'],
    load: () => import('./commands/stop.ts'),
  },
  {
    name: 'retry',
    summary: 'give a task that needs you, or was cancelled, more attempts',
    examples: ['ao retry ab12cd34'],
    load: () => import('./commands/retry.ts'),
  },
  {
    name: 'accept',
    summary: 'let the last change of a task go on in spite of policy; checks still decide',
    examples: ['ao accept ab12cd34'],
    load: () => import('./commands/accept.ts'),
  },
  {
    name: 'cancel',
    summary: 'give a task up; its work is kept',
    examples: ['ao cancel ab12cd34'],
    load: () => import('./commands/cancel.ts'),
  },
  {
    name: 'clean',
    summary: 'remove workspaces, logs, rescue refs and results of checks of old runs; never unsaved work',
    examples: ['ao clean --dry-run', 'ao clean --older-than 1d'],
    load: () => import('./commands/clean.ts'),
  },
  {
    name: 'daemon',
    summary: 'start, stop or look at the background process that runs everything',
    examples: ['ao daemon status', 'ao daemon stop --agents'],
    load: () => import('./commands/daemon.ts'),
  },
  {
    name: 'doctor',
    summary: 'check what ao needs on this machine, and say what to do',
    examples: ['ao doctor', 'ao doctor --fix'],
    load: () => import('./commands/doctor.ts'),
  },
  {
    name: 'completion',
    summary: 'print what bash, zsh or fish loads to complete commands, flags and ids',
    examples: ['ao completion fish | source', 'source <(ao completion bash)'],
    load: async () => ({ define: (await import('./commands/completion.ts')).completionOf(commands) }),
  },
  {
    name: 'schema',
    summary: 'print the JSON Schema of agent-orchestrator.yaml',
    examples: ['ao schema > agent-orchestrator.schema.json'],
    load: () => import('./commands/schema.ts'),
  },
];
