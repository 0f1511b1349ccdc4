import { globSync } from 'node:fs';
import { resolve } from 'node:path';
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
  if (usesLfs(root)) add('.gitattributes', 'git-lfs', git('lfs', 'pull'));
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
  const found = await ask(['config', '--get', 'remote.origin.url'], { cwd: repository, allowExit: [1] });
  const url = found.stdout.toString().replace(/\n$/, '') || repository;
  const origin = /^\.\.?\//.test(url) ? resolve(repository, url) : url;
  const settings = {
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: 'remote.origin.url',
    GIT_CONFIG_VALUE_0: origin,
  };
  const init = git('submodule', 'init');
  return [{ ...init, env: { ...init.env, ...settings } }, update];
}

function git(...args: string[]): SetupCommand {
  return { argv: ['git', '-c', 'core.hooksPath=/dev/null', ...args], env: { GIT_TERMINAL_PROMPT: '0' } };
}

function usesLfs(root: string): boolean {
  return globSync(['.gitattributes', '*/.gitattributes'], { cwd: root }).some((path) =>
    /^\s*[^#\s].*\bfilter=lfs\b/m.test(readInput(root, path) ?? ''),
  );
}
