import { existsSync, globSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { git as ask } from '../../lib/git.ts';
import type { SetupRun } from '../../ports/checks.ts';
import { hasFile, inputOf, type Recipe, readInput, type SetupCommand } from './recipe.ts';

/** Dependencies that do not lie in the checkout, and parts of the repository that git leaves out. */
export async function fetched({
  root,
  repository,
}: Pick<SetupRun, 'root' | 'repository'>): Promise<Recipe[]> {
  const recipes: Recipe[] = [];
  const add = (because: string, tool: string, ...commands: SetupCommand[]): void => {
    const inputs = [inputOf(root, because)];
    recipes.push({
      because,
      commands,
      tools: [tool],
      inputs,
      produces: [],
      cacheable: false,
      afterRestore: [],
    });
  };
  if (hasFile(root, '.gitmodules')) add('.gitmodules', 'git', ...(await submodules(root, repository)));
  if (usesLfs(root)) add('.gitattributes', 'git-lfs', await largeFiles(repository));
  if (hasFile(root, 'go.mod')) add('go.mod', 'go', { argv: ['go', 'mod', 'download'] });
  if (hasFile(root, 'Cargo.toml')) {
    const locked = hasFile(root, 'Cargo.lock') ? ['--locked'] : [];
    add('Cargo.toml', 'cargo', { argv: ['cargo', 'fetch', ...locked] });
  }
  return recipes;
}

/**
 * A checkout of ours has no remote. Addresses like `../other` are read from where the user's repository came from, or from
 * where it is; told by the environment, because an address may hold a password. Submodules of submodules have their own.
 */
async function submodules(root: string, repository: string): Promise<SetupCommand[]> {
  const update = git('submodule', 'update', '--init', '--recursive');
  if (!/^\s*url\s*=\s*"?\.\.?\//m.test(readInput(root, '.gitmodules') ?? '')) return [update];
  const settings = settingInEnvironment('remote.origin.url', (await originOf(repository)) ?? repository);
  const init = git('submodule', 'init');
  return [{ ...init, env: { ...init.env, ...settings } }, update];
}

/**
 * The user's repository has the large files of what is checked out there, and needs no network and no password. Where it
 * has none, they come from where it came from.
 */
async function largeFiles(repository: string): Promise<SetupCommand> {
  const pull = git('lfs', 'pull');
  const answer = await ask(['rev-parse', '--path-format=absolute', '--git-common-dir'], { cwd: repository });
  const commonDir = answer.stdout.toString().replace(/\n$/, '');
  const origin = existsSync(join(commonDir, 'lfs', 'objects')) ? null : await originOf(repository);
  const source = settingInEnvironment('remote.origin.url', origin ?? pathToFileURL(repository).href);
  return { ...pull, env: { ...pull.env, ...source } };
}

/** Absolute address or path that the user's repository was cloned from, null where it was not. */
async function originOf(repository: string): Promise<string | null> {
  const found = await ask(['config', '--get', 'remote.origin.url'], { cwd: repository, allowExit: [1] });
  const url = found.stdout.toString().replace(/\n$/, '');
  if (url === '') return null;
  return /^\.\.?\//.test(url) ? resolve(repository, url) : url;
}

function settingInEnvironment(key: string, value: string): Record<string, string> {
  return { GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: key, GIT_CONFIG_VALUE_0: value };
}

function git(...args: string[]): SetupCommand {
  return { argv: ['git', '-c', 'core.hooksPath=/dev/null', ...args], env: { GIT_TERMINAL_PROMPT: '0' } };
}

function usesLfs(root: string): boolean {
  return globSync(['.gitattributes', '*/.gitattributes'], { cwd: root }).some((path) =>
    /^\s*[^#\s].*\bfilter=lfs\b/m.test(readInput(root, path) ?? ''),
  );
}
