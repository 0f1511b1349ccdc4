import { globSync } from 'node:fs';
import { hasFile, inputOf, type Recipe, readInput, type SetupCommand } from './recipe.ts';

const venv = '.venv';

/** A lock file, else requirement files, into a virtual environment of the checkout's own. */
export function pythonPackages(root: string): Recipe | null {
  if (hasFile(root, 'uv.lock')) return uv(root);
  if (hasFile(root, 'poetry.lock')) return poetry(root);
  const files = globSync(['*requirements*.txt', 'requirements/*.txt'], { cwd: root }).toSorted();
  return files.length === 0 ? null : pip(root, files);
}

function uv(root: string): Recipe {
  return locked(root, {
    lock: 'uv.lock',
    tool: 'uv',
    // Hard links would be shared with the user's own cache, where an agent's edit would reach every project.
    install: { argv: ['uv', 'sync', '--frozen'], env: { UV_LINK_MODE: 'copy' } },
    settings: ['uv.toml', '.python-version', 'setup.py', 'setup.cfg'],
  });
}

function poetry(root: string): Recipe {
  // It installs into whatever environment is active: that would be the user's own.
  const argv = ['env', '-u', 'VIRTUAL_ENV', '-u', 'CONDA_PREFIX', 'poetry', 'install', '--no-interaction'];
  return {
    ...locked(root, {
      lock: 'poetry.lock',
      tool: 'poetry',
      install: { argv },
      settings: ['poetry.toml', '.python-version'],
    }),
    env: { POETRY_VIRTUALENVS_CREATE: 'true', POETRY_VIRTUALENVS_IN_PROJECT: 'true' },
  };
}

interface Locked {
  lock: string;
  tool: string;
  install: SetupCommand;
  settings: readonly string[];
}

function locked(root: string, { lock, tool, install, settings }: Locked): Recipe {
  return {
    because: lock,
    commands: [install],
    tools: [tool],
    inputs: [lock, 'pyproject.toml', ...settings].map((path) => inputOf(root, path)),
    produces: [venv],
    cacheable: true,
    // It installs the project itself too, whose place has changed.
    afterRestore: [install],
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
