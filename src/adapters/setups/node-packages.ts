import { globSync } from 'node:fs';
import { workspacePackages } from '../../lib/workspace-packages.ts';
import { hasFile, inputOf, type Recipe, readInput, type SetupCommand } from './recipe.ts';

type Manifest = Readonly<Record<string, unknown>>;

const dependencyParts = [
  'dependencies',
  'devDependencies',
  'optionalDependencies',
  'peerDependencies',
  'bundleDependencies',
  'overrides',
  'resolutions',
  'workspaces',
  'packageManager',
  'engines',
  'pnpm',
  'dependenciesMeta',
];
/** In the order in which an install runs them. */
const lifecycle = [
  'preinstall',
  'install',
  'postinstall',
  'prepublish',
  'preprepare',
  'prepare',
  'postprepare',
];
const settings = ['.npmrc', '.yarnrc', '.yarnrc.yml', '.pnpmfile.cjs', 'pnpm-workspace.yaml', 'bunfig.toml'];

interface Manager extends Pick<Recipe, 'env'> {
  name: string;
  lock: string;
  install: SetupCommand;
}

// What is linked to the user's own store would be shared: an agent's edit would reach every project, and our own checks.
const managers: readonly Manager[] = [
  {
    name: 'pnpm',
    lock: 'pnpm-lock.yaml',
    install: {
      argv: [
        'pnpm',
        'install',
        '--frozen-lockfile',
        '--package-import-method=clone-or-copy',
        '--config.enable-global-virtual-store=false', // up to 10, which does not read the variable
      ],
    },
    // From 11 on each `pnpm run` installs anew where the settings are not those of the last time.
    env: { pnpm_config_enable_global_virtual_store: 'false' },
  },
  {
    name: 'bun',
    lock: 'bun.lock',
    install: { argv: ['bun', 'install', '--frozen-lockfile', '--backend=copyfile'] },
  },
  {
    name: 'bun',
    lock: 'bun.lockb',
    install: { argv: ['bun', 'install', '--frozen-lockfile', '--backend=copyfile'] },
  },
  {
    name: 'yarn',
    lock: 'yarn.lock',
    install: { argv: ['yarn', 'install', '--frozen-lockfile', '--non-interactive', '--production=false'] },
  },
  { name: 'npm', lock: 'package-lock.json', install: npm('ci') },
  { name: 'npm', lock: 'npm-shrinkwrap.json', install: npm('ci') },
];

function npm(verb: string, ...more: string[]): SetupCommand {
  return { argv: ['npm', verb, '--include=dev', '--no-audit', '--no-fund', ...more] };
}

/** What the project's package.json needs; null where there is none, or it has neither dependencies nor a lock file. */
export function nodePackages(root: string): Recipe | null {
  const manifest = readManifest(root, 'package.json');
  if (manifest === null) return null;
  const manager = managers.find(({ lock }) => hasFile(root, lock));
  const packages = workspacePackages(root);
  const manifests = [
    manifest,
    ...packages.map((directory) => readManifest(root, `${directory}/package.json`) ?? {}),
  ];
  if (manager === undefined && !manifests.some(hasDependencies)) return null;
  const { install, env = {} } =
    manager === undefined ? { install: npm('install', '--no-package-lock') } : installOf(root, manager);
  const name = manager?.name ?? 'npm';
  const own = lifecycle.filter((script) => scriptsOf(manifest)[script] !== undefined);
  return {
    because: manager?.lock ?? 'package.json',
    commands: [install],
    env,
    tools: ['node'],
    inputs: inputsOf(root, manifests, manager),
    produces: ['node_modules', ...packages.map((directory) => `${directory}/node_modules`), ...plugAndPlay],
    cacheable: !manifests.slice(1).some(runsAtInstall) && !hasLocalPackages(manifests),
    afterRestore: own.map((script) => ({ argv: [name, 'run', script] })),
  };
}

/** Where yarn keeps packages without node_modules. */
const plugAndPlay = [
  '.pnp.cjs',
  '.pnp.loader.mjs',
  '.yarn/cache',
  '.yarn/unplugged',
  '.yarn/install-state.gz',
];

function installOf(root: string, manager: Manager): Pick<Manager, 'install' | 'env'> {
  const text = readInput(root, '.yarnrc.yml');
  const isBerry =
    manager.name === 'yarn' && (text !== null || /^__metadata:/m.test(readInput(root, 'yarn.lock') ?? ''));
  if (!isBerry) return manager;
  const install = { argv: ['yarn', 'install', '--immutable'] };
  const copies = /^nodeLinker:\s*["']?(?:node-modules|pnpm)\b/m.test(text ?? '');
  // Its packages are read where they lie, by the way from the checkout to there: in the checkout, that is the same in each.
  return copies ? { install } : { install, env: { YARN_ENABLE_GLOBAL_CACHE: 'false' } };
}

function inputsOf(root: string, manifests: readonly Manifest[], manager: Manager | undefined): string[] {
  const parts = manifests.map((manifest) => [
    ...dependencyParts.map((part) => manifest[part] ?? null),
    ...lifecycle.map((script) => scriptsOf(manifest)[script] ?? null),
  ]);
  const patches = globSync(['patches/**', '.yarn/patches/**', '.yarn/releases/**', '.yarn/plugins/**'], {
    cwd: root,
  });
  const files = [...(manager === undefined ? [] : [manager.lock]), ...settings, ...patches.toSorted()];
  return [JSON.stringify(parts), ...files.map((path) => inputOf(root, path))];
}

function readManifest(root: string, path: string): Manifest | null {
  try {
    return recordOf(JSON.parse(readInput(root, path) ?? 'null'));
  } catch {
    return null;
  }
}

function recordOf(value: unknown): Manifest | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Manifest) : null;
}

function scriptsOf(manifest: Manifest): Manifest {
  return recordOf(manifest.scripts) ?? {};
}

function hasDependencies(manifest: Manifest): boolean {
  return dependencyParts
    .filter((part) => /dependencies$/i.test(part))
    .some((part) => Object.keys(recordOf(manifest[part]) ?? {}).length > 0);
}

function runsAtInstall(manifest: Manifest): boolean {
  return lifecycle.some((script) => scriptsOf(manifest)[script] !== undefined);
}

/**
 * A package in a directory of the checkout may be copied or built at installation: its content is no part of the key.
 * An archive is, by the lock file's checksum.
 */
function hasLocalPackages(manifests: readonly Manifest[]): boolean {
  return manifests.some((manifest) =>
    dependencyParts.some((part) =>
      Object.values(recordOf(manifest[part]) ?? {}).some((version) => isDirectoryOf(String(version))),
    ),
  );
}

function isDirectoryOf(version: string): boolean {
  return /^(?:file|portal):/.test(version) && !/\.(?:tgz|tar\.gz)$/.test(version);
}
