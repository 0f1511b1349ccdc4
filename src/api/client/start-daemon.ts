import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, closeSync, existsSync, mkdirSync, openSync, readdirSync, statSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { AoError } from '../../domain/errors.ts';
import type { HomePaths } from '../../lib/ao-home.ts';
import { rotate } from '../../lib/log-file.ts';
import type { ErrorBody } from '../contract/responses.ts';

/** What a starting daemon says on its pipe: it listens, another one has the data directory, or why it cannot. */
export type Announcement = { state: 'ready' } | { state: 'held' } | ({ state: 'failed' } & ErrorBody);

/** Number of the descriptor of that pipe in the daemon. */
export const announceFd = 3;

export const logBytes = 5_000_000;

const source = import.meta.filename;
const main = join(import.meta.dirname, `../../daemon/main${extname(source)}`);

/** Taken over from whoever starts it. All else stays out: marks of a session above all, whose end must not be its end. */
const kept =
  /^(PATH|HOME|USER|LOGNAME|SHELL|LANG|LANGUAGE|LC_.*|TZ|TMPDIR|XDG_.*|NODE_COMPILE_CACHE|AO_SQLITE_SYNCHRONOUS|AO_DISK_RESERVE|AO_OUTPUT_LIMIT)$/;

/** Starts a daemon and waits for its first word. It goes on when this process, its terminal or its session ends. */
export async function startDaemon(
  paths: HomePaths,
  env: Readonly<Record<string, string | undefined>>,
): Promise<'ready' | 'held'> {
  const child = launch(paths, env);
  const announcement = await firstWord(child);
  child.unref();
  child.stdio[announceFd]?.destroy();
  if (announcement === null) throw endedEarly(child, paths);
  if (announcement.state !== 'failed') return announcement.state;
  const { code, message, hint } = announcement.error;
  throw new AoError(code, message, hint);
}

/**
 * A daemon waits most of the time. Left alone, the engine lets what it throws away grow to 48 MB before it looks at it, which
 * 50 idle sessions do in a minute.
 */
const daemonFlags = ['--disable-warning=ExperimentalWarning', '--max-semi-space-size=1'];

function launch(paths: HomePaths, env: Readonly<Record<string, string | undefined>>): ChildProcess {
  const log = openHome(paths, !env['AO_HOME']);
  const clean = Object.fromEntries(Object.entries(env).filter(([name]) => kept.test(name)));
  try {
    return spawn(process.execPath, [...daemonFlags, main, `--announce=${announceFd}`], {
      cwd: '/',
      detached: true,
      env: { ...clean, AO_HOME: paths.home },
      stdio: ['ignore', log, log, 'pipe'],
    });
  } finally {
    closeSync(log);
  }
}

/**
 * Makes the data directory and opens the log for what a daemon prints before it can log. The usual directory is only ours
 * and always closed to others; one that somebody named is closed while it is empty, since it may be more than ours.
 */
function openHome({ home, log }: HomePaths, usual: boolean): number {
  try {
    makeDirectory(home);
    if (usual || readdirSync(home).length === 0) chmodSync(home, 0o700);
    rotate(log, logBytes);
    return openSync(log, 'a', 0o600);
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw new AoError(
      'daemon',
      `cannot write to the data directory ${home}: ${detail}`,
      'Set AO_HOME to a directory of yours that is writable.',
    );
  }
}

/** With its parents. (Node's own `recursive` never ends where a directory of the system takes no new ones: /proc.) */
function makeDirectory(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return;
  if (!existsSync(dirname(path))) makeDirectory(dirname(path));
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw error; // else somebody was quicker
  }
}

/** null where the daemon ended, or could not be started, without a word. */
async function firstWord(child: ChildProcess): Promise<Announcement | null> {
  const failed = new Promise<void>((resolve) => child.once('error', () => resolve()));
  const read = async (): Promise<string> => {
    let text = '';
    const pipe = child.stdio[announceFd];
    if (!pipe || !('setEncoding' in pipe)) return '';
    for await (const chunk of pipe.setEncoding('utf8')) {
      text += String(chunk);
      if (text.includes('\n')) break;
    }
    return text;
  };
  const text = (await Promise.race([read(), failed])) ?? '';
  return text.endsWith('\n') ? (JSON.parse(text) as Announcement) : null;
}

function endedEarly(child: ChildProcess, { log }: HomePaths): AoError {
  const how = child.exitCode === null ? '' : ` with exit code ${child.exitCode}`;
  return new AoError('daemon', `the daemon ended while it started${how}`, `See the end of ${log}.`);
}
