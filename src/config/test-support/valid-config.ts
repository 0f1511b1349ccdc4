import type { Random } from '../../../test/simulation/random.ts';

export type Kind =
  | 'text'
  | 'count'
  | 'duration'
  | 'switch'
  | 'choice'
  | 'names'
  | 'command'
  | 'checks'
  | 'group';

interface Line {
  text: string;
  kind: Kind;
}

/** A valid file: keys with the kind of their values. */
export const valid: readonly Line[] = [
  ['port: 3000', 'count'],
  ['defaults:', 'group'],
  ['  runtime: tmux # or process', 'text'],
  ['  notifiers: [desktop]', 'names'],
  ['projects:', 'group'],
  ['  my-app:', 'group'],
  ['    path: ~/my-app', 'text'],
  ['    fix:', 'group'],
  ['      setup: make', 'text'],
  ['      maxRounds: 5', 'count'],
  ['reactions:', 'group'],
  ['  ci-failed:', 'group'],
  ['    auto: true', 'switch'],
  ['    retries: 2', 'count'],
  ['    escalateAfter: 30m', 'duration'],
  ['    strategy: squash', 'choice'],
  ['power:', 'group'],
  ['  preventIdleSleep: true', 'switch'],
  ['fix:', 'group'],
  ['  checks: { test: npm test, lint: { command: npm run lint, timeout: 5m } }', 'checks'],
  ['  setup: "npm ci"', 'text'],
  ['  agentCommand: [claude, -p]', 'command'],
  ['  concurrency: 4', 'count'],
  ['  checkTimeout: 20m', 'duration'],
  ['  group: auto', 'choice'],
  ['  allowTestEdits: false', 'switch'],
  ['  timeout: 1h30m', 'duration'],
  ['  env: [MY_TOKEN]', 'names'],
].map(([text = '', kind]) => ({ text, kind: kind as Kind }));

export const validConfig = `${valid.map(({ text }) => text).join('\n')}\n`;

/** The broken file: its lines or bytes, and the line that has to be named, null where several would do. */
export type Breaker = (random: Random) => { lines: string[] | Buffer; line: number | null; how?: string };

export const texts = (): string[] => valid.map(({ text }) => text);
