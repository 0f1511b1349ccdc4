import { globSync } from 'node:fs';
import { hasFile, inputOf, type Recipe, readInput, type SetupCommand } from './recipe.ts';

/** Dependencies that do not lie in the checkout, and parts of the repository that git leaves out. */
export function fetched(root: string): Recipe[] {
  const recipes: Recipe[] = [];
  const add = (because: string, tool: string, command: SetupCommand): void => {
    const inputs = [inputOf(root, because)];
    recipes.push({
      because,
      commands: [command],
      tools: [tool],
      inputs,
      produces: [],
      cacheable: false,
      afterRestore: [],
    });
  };
  if (hasFile(root, '.gitmodules'))
    add('.gitmodules', 'git', git('submodule', 'update', '--init', '--recursive'));
  if (usesLfs(root)) add('.gitattributes', 'git-lfs', git('lfs', 'pull'));
  if (hasFile(root, 'go.mod')) add('go.mod', 'go', { argv: ['go', 'mod', 'download'] });
  if (hasFile(root, 'Cargo.toml')) {
    const locked = hasFile(root, 'Cargo.lock') ? ['--locked'] : [];
    add('Cargo.toml', 'cargo', { argv: ['cargo', 'fetch', ...locked] });
  }
  return recipes;
}

function git(...args: string[]): SetupCommand {
  return { argv: ['git', '-c', 'core.hooksPath=/dev/null', ...args], env: { GIT_TERMINAL_PROMPT: '0' } };
}

function usesLfs(root: string): boolean {
  return globSync(['.gitattributes', '*/.gitattributes'], { cwd: root }).some((path) =>
    /^\s*[^#\s].*\bfilter=lfs\b/m.test(readInput(root, path) ?? ''),
  );
}
