import type { LaunchSpec } from '../../ports/agent.ts';

/** The system takes 128 KB for one argument. */
const longestBytes = 100_000;

/** The task as an argument of a program; one that is too long for that is read from its file. */
export function taskArgument({ prompt, promptFile }: Pick<LaunchSpec, 'prompt' | 'promptFile'>): string {
  return Buffer.byteLength(prompt) <= longestBytes ? prompt : `Read ${promptFile} and do what it says.`;
}
