import { globSync } from 'node:fs';
import { hasFile, inputOf, type Recipe, readInput, type SetupCommand } from './recipe.ts';

const venv = '.venv';

/** uv's lock file, else requirement files into a virtual environment of the checkout's own. */
export function pythonPackages(root: string): Recipe | null {
  if (hasFile(root, 'uv.lock')) return uv(root);
  const files = globSync(['*requirements*.txt', 'requirements/*.txt'], { cwd: root }).toSorted();
  return files.length === 0 ? null : pip(root, files);
}

function uv(root: string): Recipe {
  // Hard links would be shared with the user's own cache, where an agent's edit would reach every project.
  const sync: SetupCommand = { argv: ['uv', 'sync', '--frozen'], env: { UV_LINK_MODE: 'copy' } };
  const files = ['uv.lock', 'uv.toml', 'pyproject.toml', '.python-version', 'setup.py', 'setup.cfg'];
  return {
    because: 'uv.lock',
    commands: [sync],
    tools: ['uv'],
    inputs: files.map((path) => inputOf(root, path)),
    produces: [venv],
    cacheable: true,
    // It installs the project itself too, whose place has changed.
    afterRestore: [sync],
  };
}

function pip(root: string, files: readonly string[]): Recipe {
  const texts = files.map((path) => readInput(root, path) ?? '');
  const isLocal = texts.some((text) =>
    /^\s*(?:-e\b|--editable\b|\.{1,2}(?:[/[]|\s*$)|file:)|@\s*file:/m.test(text),
  );
  const required = files.flatMap((path) => ['-r', path]);
  const install: SetupCommand = {
    argv: [
      `${venv}/bin/python`,
      '-m',
      'pip',
      'install',
      '--disable-pip-version-check',
      '--no-input',
      ...required,
    ],
  };
  return {
    because: files.join(', '),
    // A runner that is installed for the whole machine (pytest) stays usable.
    commands: [{ argv: ['python3', '-m', 'venv', '--system-site-packages', venv] }, install],
    tools: ['python3'],
    inputs: [...files, 'constraints.txt', '.python-version'].map((path) => inputOf(root, path)),
    produces: [venv],
    cacheable: !isLocal,
    afterRestore: [],
  };
}
