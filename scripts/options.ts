// What the commands of developers are asked for. Something wrong ends them with a sentence: where nothing is tried nothing breaks,
// and that must not look like a proof.
import { parseArgs, type ParseArgsConfig } from 'node:util';

export function readOptions<T extends ParseArgsConfig>(config: T): ReturnType<typeof parseArgs<T>> {
  try {
    return parseArgs(config);
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

/** A number from 1 on. */
export function countOf(option: string, text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  return refuse(`--${option}: "${text}" is not a number from 1 on`);
}

export function refuse(why: string): never {
  console.error(why);
  process.exit(2);
}
