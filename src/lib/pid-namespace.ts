/**
 * A pid namespace: a room of processes that no process leaves, whatever it does, and that ends with its first process.
 * It sees no process outside. Linux only, by the program `bwrap` (bubblewrap), which unprivileged users may use where the
 * system lets them make user namespaces.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { findExecutable } from './executable.ts';
import { remember } from './remember.ts';

const run = promisify(execFile);
/** A busy machine may take this long. */
const tryMs = 20_000;

/**
 * Program and arguments to put in front of a command; the command is then process 2 in a namespace of its own, with
 * directory, files, devices and environment as they were. Rejects with a sentence where that cannot be done. Tried only
 * once for each `path`, a PATH, whatever came of it.
 *
 * `bwrap` keeps a process outside, which waits for the command's exit status and must live until then: whoever starts it
 * ignores the signals that a terminal or a polite end sends, and the `env` in here makes them as they were for the command.
 */
export async function enterPidNamespace(path: string): Promise<readonly string[]> {
  const found = await tried(path);
  if ('why' in found) throw new Error(found.why);
  return found.words;
}

type Tried = { words: readonly string[] } | { why: string };

const tried = remember(4, (path): Promise<Tried> => {
  return enter(path).then(
    (words) => ({ words }),
    (error: Error) => ({ why: error.message }),
  );
});

async function enter(path: string): Promise<readonly string[]> {
  if (process.platform !== 'linux') throw new Error('this system has no pid namespaces');
  const [bwrap, env] = await Promise.all(
    ['bwrap', 'env'].map((name) => findExecutable(name, '/', { PATH: path })),
  );
  if (!bwrap?.path) throw new Error('bubblewrap is not installed');
  if (!env?.path) throw new Error('env is not installed');
  const words = [bwrap.path, ...roomFlags, '--', env.path, `--default-signal=${endSignals.join(',')}`];
  await tryOut(words);
  return words;
}

/** What ends a program that is asked politely, or whose terminal goes away or has its keys pressed. */
export const endSignals = ['HUP', 'INT', 'QUIT', 'TERM'];

const roomFlags = ['--unshare-pid', '--dev-bind', '/', '/', '--proc', '/proc'];

async function tryOut([program = '', ...args]: readonly string[]): Promise<void> {
  const inside = await run(program, [...args, '/bin/sh', '-c', 'echo "$$"'], {
    cwd: '/',
    timeout: tryMs,
  }).catch((error: Error & { stderr?: string }) => {
    const said = error.stderr?.trim().split('\n').at(-1) ?? '';
    throw new Error(`bubblewrap cannot make one here: ${said === '' ? error.message : said}`);
  });
  if (inside.stdout.trim() !== '2') throw new Error('bubblewrap made no namespace of processes');
}
