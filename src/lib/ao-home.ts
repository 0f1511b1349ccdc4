import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync } from 'node:fs';
import { homedir, tmpdir, userInfo } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';

/** The data directory and the files of the daemon in it. */
export interface HomePaths {
  home: string;
  database: string;
  /** Held by the kernel for the living daemon; its content means nothing. */
  lock: string;
  /** Who the daemon is and where it listens. */
  info: string;
  log: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** `AO_HOME`, else the XDG state directory. */
export function homePaths(env: Environment): HomePaths {
  const home = dataDirectory(env);
  return {
    home,
    database: join(home, 'ao.db'),
    lock: join(home, 'daemon.lock'),
    info: join(home, 'daemon.json'),
    log: join(home, 'daemon.log'),
  };
}

function dataDirectory(env: Environment): string {
  if (env['AO_HOME']) return resolve(env['AO_HOME']);
  const state = env['XDG_STATE_HOME'];
  if (state && isAbsolute(state)) return join(state, 'ao'); // the XDG rules say to ignore a relative one
  return join(env['HOME'] || homedir(), '.local', 'state', 'ao');
}

/** The kernel takes 107 bytes on Linux and 103 on macOS, and cuts or refuses longer ones. */
const longestSocketPath = 100;

/**
 * Where a socket called `name` can be: in `home`, or where that path is too long in a private directory beside the
 * user's other sockets, made here. Throws when there is no private place.
 */
export function socketPath(home: string, name: string, env: Environment): string {
  const inHome = join(home, name);
  if (fits(inHome)) return inHome;
  const folder = `ao-${userInfo().uid}-${createHash('sha256').update(home).digest('hex').slice(0, 12)}`;
  const parents = [env['XDG_RUNTIME_DIR'], tmpdir(), '/tmp'].filter(
    (path) => path !== undefined && path !== '',
  );
  for (const parent of parents) {
    const directory = join(parent ?? '', folder);
    if (fits(join(directory, name)) && makePrivate(directory)) return join(directory, name);
  }
  throw new Error(`no private directory for a socket: tried ${parents.join(', ')}`);
}

function fits(path: string): boolean {
  return Buffer.byteLength(path) <= longestSocketPath;
}

/** False where somebody else made that name first, or it cannot be made. */
function makePrivate(directory: string): boolean {
  try {
    mkdirSync(directory, { mode: 0o700 });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) return false;
  }
  const found = lstatSync(directory);
  return found.isDirectory() && found.uid === userInfo().uid && (found.mode & 0o077) === 0;
}
