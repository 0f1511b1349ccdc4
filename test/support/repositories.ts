import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, readlink, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Files by path: text or bytes; null removes the file. */
export type Files = Record<string, string | Uint8Array | null>;

export interface TestRepository {
  readonly path: string;
  /** Plain git in the repository, as its user runs it; standard output without the last line end. */
  git(...args: string[]): Promise<string>;
  /** Writes the files without committing them. */
  write(files: Files): Promise<void>;
  /** Writes the files and commits everything that is there; the new commit. */
  commit(files: Files, message?: string): Promise<string>;
  head(branch?: string): Promise<string>;
  remove(): Promise<void>;
}

/** A real repository in a temporary directory, with one commit, a local identity, and no remote. */
export async function makeRepository(
  options: { files?: Files; branch?: string } = {},
): Promise<TestRepository> {
  const directory = await temporaryDirectory();
  const repository = openRepository(directory);
  await repository.git('init', '--quiet', `--initial-branch=${options.branch ?? 'main'}`);
  await repository.git('config', 'user.name', 'Ursula User');
  await repository.git('config', 'user.email', 'ursula@example.com');
  await repository.commit(options.files ?? { 'README.md': 'hello\n' }, 'start');
  return repository;
}

/** The same functions for a repository that exists already (a clone, an agent's workspace, a bare one). */
export function openRepository(directory: string): TestRepository {
  const git = async (...args: string[]): Promise<string> => {
    const { stdout } = await run('git', args, { cwd: directory, env: environment(), maxBuffer: 64 << 20 });
    return stdout.replace(/\n$/, '');
  };
  return {
    path: directory,
    git,
    write: (files) => writeFiles(directory, files),
    commit: async (files, message = 'change') => {
      await writeFiles(directory, files);
      await git('add', '--all');
      await git('commit', '--quiet', '--allow-empty', `--message=${message}`);
      return git('rev-parse', 'HEAD');
    },
    head: (branch = 'HEAD') => git('rev-parse', branch),
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}

export async function writeFiles(directory: string, files: Files): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(directory, name);
    if (content === null) {
      await rm(file, { recursive: true, force: true });
    } else {
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, content);
    }
  }
}

/** Real path of a new directory; whoever asks for it removes it. */
export async function temporaryDirectory(): Promise<string> {
  return realpath(await mkdtemp(path.join(tmpdir(), 'ao-test-')));
}

/**
 * One line per file, link and other entry below `directory`, with a hash of its content: two equal digests mean that
 * nothing there has changed by a byte. `skip` gets paths relative to `directory`.
 */
export async function digest(
  directory: string,
  skip: (path: string) => boolean = () => false,
): Promise<string> {
  const lines: string[] = [];
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    const name = path.relative(directory, file);
    if (skip(name)) continue;
    if (entry.isSymbolicLink()) lines.push(`${name} -> ${await readlink(file)}`);
    else if (entry.isFile()) lines.push(`${name} ${hash(await readFile(file))}`);
    else if (!entry.isDirectory()) lines.push(`${name} (special)`);
  }
  return lines.toSorted().join('\n');
}

function hash(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 16);
}

function environment(): NodeJS.ProcessEnv {
  return {
    PATH: process.env['PATH'],
    HOME: process.env['HOME'],
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    LC_ALL: 'C',
  };
}
