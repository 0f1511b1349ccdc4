import { existsSync } from 'node:fs';
import { chmod, open, readFile, rm, writeFile } from 'node:fs/promises';
import { constants } from 'node:os';
import { join } from 'node:path';
import { terminalEnd } from './wrapper.ts';

/** File names inside a session's directory. */
export const names = {
  input: 'input',
  feed: 'feed',
  output: 'output.log',
  events: 'events.jsonl',
  keptFrom: 'output.from',
  pid: 'pid',
  draft: 'exit.draft',
  exit: 'exit',
  launch: 'launch',
  size: 'size',
} as const;

/**
 * Made by us and only written to by the wrapper, so that they are private whatever umask the agent gets. The output comes
 * last: where it is, the agent may have worked; where a full disk stopped us before, it may start once more.
 */
export async function prepareFiles(dir: string, input: string | null): Promise<void> {
  await chmod(dir, 0o700);
  for (const name of [names.exit, names.feed]) await rm(join(dir, name), { force: true });
  const privately = { mode: 0o600 };
  await writeFile(join(dir, names.input), input ?? '', privately);
  await writeFile(join(dir, names.pid), '', privately);
  await writeFile(join(dir, names.draft), '', privately);
  await writeFile(join(dir, names.events), '', { ...privately, flag: 'a' });
  await writeFile(join(dir, names.output), '', { ...privately, flag: 'a' });
}

/** How the agent ended, or null while nothing was written down. */
export async function readExit(dir: string): Promise<{ code: number | null; signal: string | null } | null> {
  const text = await readOptional(join(dir, names.exit));
  if (text === null) return null;
  const status = Number.parseInt(text, 10);
  if (Number.isNaN(status)) return { code: null, signal: null };
  // A shell tells a signal as 128 and its number; a program that exits with such a status cannot be told from it.
  const signal = status > 128 ? signalName(status - 128) : null;
  return signal === null || harmless.has(signal) ? { code: status, signal: null } : { code: null, signal };
}

/** They end no program, or nobody sends them: such a status is the program's own. */
const harmless = new Set(
  ['CHLD', 'CONT', 'STOP', 'TSTP', 'TTIN', 'TTOU', 'URG', 'WINCH', 'INFO', 'STKFLT'].map(
    (name) => `SIG${name}`,
  ),
);

function signalName(number: number): string | null {
  return Object.entries(constants.signals).find(([, value]) => value === number)?.[0] ?? null;
}

/** The agent's pid; `failed` where the program could not be executed; null while neither is known. */
export async function readAgentPid(dir: string): Promise<number | 'failed' | null> {
  const text = (await readOptional(join(dir, names.pid))) ?? '';
  if (!text.endsWith('\n')) return null;
  return text === 'failed\n' ? 'failed' : Number(text);
}

/** Last line of the output, for an error message. */
export async function lastOutputLine(dir: string): Promise<string> {
  const file = await open(join(dir, names.output));
  try {
    const { size } = await file.stat();
    const { buffer, bytesRead } = await file.read({
      buffer: Buffer.alloc(1024),
      position: Math.max(0, size - 1024),
    });
    const text = buffer.toString('utf8', 0, bytesRead).replace(terminalEnd.toString(), '');
    return text.trimEnd().split('\n').at(-1) ?? '';
  } finally {
    await file.close();
  }
}

async function readOptional(path: string): Promise<string | null> {
  if (!existsSync(path)) return null; // mostly so: an error for each look would be much to throw away
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}
