import { createHash } from 'node:crypto';
import { lstat, readdir, readFile, readlink, realpath } from 'node:fs/promises';
import path from 'node:path';
import { AoError } from '../../domain/errors.ts';
import { cleanText } from '../../lib/clean-text.ts';
import { gitWith } from '../../lib/git.ts';

/** Keeps our worktrees out of the user's sight; a line of ours in a file of the user's. */
export const excludeLine = '/.worktrees/';

/**
 * Everything in a repository's shared git directory that can make git run or hide something: settings (those included
 * from other files too), hooks, attributes and what is in `info`. Equal texts mean that nothing of it changed.
 */
export async function fingerprint(projectPath: string): Promise<string> {
  const git = gitWith((message, cause) => new AoError('failed', message, null, { cause }));
  const found = await git(['rev-parse', '--path-format=absolute', '--git-common-dir'], { cwd: projectPath });
  const commonDir = await realpath(found.stdout.toString().trimEnd());
  const parts = new Map<string, string>();
  const list = await git(['config', '--local', '--includes', '--list', '-z'], { cwd: projectPath });
  const settings = list.stdout
    .toString('latin1')
    .split('\0')
    .filter((one) => one !== '');
  for (const setting of settings) {
    const key = `${setting.split('\n')[0]} in the configuration`;
    parts.set(key, hash(`${parts.get(key) ?? ''}\0${setting}`));
  }
  const format = ['--format=%(refname) %(objectname)', 'refs/replace'];
  const replaced = await git(['for-each-ref', ...format], { cwd: projectPath });
  for (const line of replaced.stdout.toString().split('\n').filter(Boolean)) {
    const [ref = '', object = ''] = line.split(' ');
    parts.set(ref, object);
  }
  const hooks = ownHooks(settings, projectPath, commonDir);
  const elsewhere = [...(await placesElsewhere(commonDir)), ...(hooks === null ? [] : [hooks])];
  for (const place of [...places, 'shallow', ...elsewhere]) await addFiles(parts, commonDir, place);
  return JSON.stringify(Object.fromEntries([...parts].toSorted(([a], [b]) => (a < b ? -1 : 1))));
}

/** What git reads in any git directory beside its settings and refs. */
const places = ['hooks', 'info', 'config.worktree', 'commondir', 'objects/info/alternates'];

/** Below the shared directory: git directories of submodules, and the user's other worktrees. */
async function placesElsewhere(commonDir: string): Promise<string[]> {
  const found = await submodulePlaces(commonDir, 'modules');
  for (const name of await namesIn(path.join(commonDir, 'worktrees'))) {
    const directory = `worktrees/${name}`;
    const [link, shared] = await Promise.all(
      ['gitdir', 'commondir'].map((file) => readText(path.join(commonDir, directory, file))),
    );
    if (link?.includes('/.worktrees/')) continue; // ours come and go
    found.push(`${directory}/config.worktree`);
    if (shared?.trim() !== '../..') found.push(`${directory}/commondir`);
  }
  return found;
}

/** Hooks in a place of their own, below the shared directory; null where they are not. */
function ownHooks(settings: readonly string[], projectPath: string, commonDir: string): string | null {
  const setting = settings.findLast((one) => one.startsWith('core.hookspath\n'));
  if (setting === undefined) return null;
  const value = Buffer.from(setting.slice(setting.indexOf('\n') + 1), 'latin1').toString();
  const way = path.relative(commonDir, path.resolve(projectPath, value));
  return way === '' || way.startsWith('..') ? null : way;
}

async function submodulePlaces(commonDir: string, directory: string): Promise<string[]> {
  const names = await namesIn(path.join(commonDir, directory));
  if (names.includes('HEAD')) {
    const own = [...places, 'config'].map((place) => `${directory}/${place}`);
    return [...own, ...(await submodulePlaces(commonDir, `${directory}/modules`))];
  }
  const below = await Promise.all(names.map((name) => submodulePlaces(commonDir, `${directory}/${name}`)));
  return below.flat();
}

function namesIn(directory: string): Promise<string[]> {
  return readdir(directory).catch(() => []);
}

function readText(file: string): Promise<string | null> {
  return readFile(file, 'utf8').catch(() => null);
}

async function addFiles(parts: Map<string, string>, commonDir: string, place: string): Promise<void> {
  const file = path.join(commonDir, place);
  const stats = await lstat(file).catch(() => null);
  if (stats === null || place.endsWith('.sample')) return;
  if (stats.isDirectory()) {
    for (const name of await readdir(file)) await addFiles(parts, commonDir, `${place}/${name}`);
  } else if (stats.isSymbolicLink()) {
    const content = await readFile(file, 'latin1').catch(() => '');
    parts.set(place, hash(`${await readlink(file)}\0${content}`));
  } else if (stats.isFile()) {
    const content = await readFile(file, 'latin1');
    const own =
      place === 'info/exclude'
        ? content.split('\n').filter((line) => line !== excludeLine && line !== '')
        : [content];
    if (own.length > 0) parts.set(place, hash(`${stats.mode & 0o111}\0${own.join('\n')}`));
  } else {
    parts.set(place, 'special');
  }
}

function hash(text: string): string {
  return createHash('sha256').update(text, 'latin1').digest('hex').slice(0, 16);
}

/** One sentence on what changed from one fingerprint to the other, or null. */
export function describeDifference(before: string, after: string): string | null {
  const [old, now] = [read(before), read(after)];
  const names = [...new Set([...old.keys(), ...now.keys()])].filter(
    (name) => old.get(name) !== now.get(name),
  );
  if (names.length === 0) return null;
  const shown = names
    .slice(0, 5)
    .map((name) => `${name} ${!old.has(name) ? 'is new' : !now.has(name) ? 'is gone' : 'changed'}`);
  const rest = names.length > 5 ? ` and ${names.length - 5} more` : '';
  return cleanText(`In the shared git directory, ${shown.join(', ')}${rest}.`);
}

function read(text: string): Map<string, string> {
  return new Map(Object.entries(JSON.parse(text) as Record<string, string>)); // made by the function above
}
