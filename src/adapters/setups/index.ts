import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { lstat, mkdir, writeFile } from 'node:fs/promises';
import { arch, platform } from 'node:os';
import { delimiter, join } from 'node:path';
import { KeyedMutex } from '../../lib/keyed-mutex.ts';
import { shellArgv } from '../../lib/shell.ts';
import { runProgram } from '../../lib/subprocess.ts';
import type { Setup, SetupRun } from '../../ports/checks.ts';
import { refuseOutwardLinks, SetupCache } from './cache.ts';
import { fetched } from './fetched.ts';
import { settleGenerated } from './generated-files.ts';
import { nodePackages } from './node-packages.ts';
import { pythonPackages } from './python-packages.ts';
import type { Recipe, SetupCommand } from './recipe.ts';
import { requireTool, runCommand } from './run-command.ts';

/** Raised when the way of installing or storing changes, so that old entries are not used. */
const format = '1';

/**
 * Prepares checkouts from lock files or by the user's command. What was installed once is copied into later checkouts
 * with the same inputs. Two checkouts at once with the same inputs install once, because the second waits.
 */
export function makeSetup(): Setup {
  const filling = new KeyedMutex();
  return {
    async prepare(run) {
      await mkdir(run.dir, { recursive: true, mode: 0o700 });
      await settleGenerated(run.root);
      const recipes = await recipesOf(run);
      const env = Object.assign({}, ...recipes.map((recipe) => recipe.env));
      const within = { ...run, env: { ...run.env, ...env } };
      for (const recipe of recipes) {
        run.signal.throwIfAborted();
        await follow(within, recipe, filling);
      }
      return { env: { ...env, ...environmentOf(run) }, ran: recipes.length > 0 };
    },
  };
}

/** The user's command runs each time, because nobody knows what else it does; what it installs is kept for it. */
async function recipesOf(run: SetupRun): Promise<Recipe[]> {
  const packages = [nodePackages(run.root), pythonPackages(run.root)].filter((recipe) => recipe !== null);
  const { command } = run;
  if (command === null) return [...(await fetched(run)), ...packages];
  const own: SetupCommand = { argv: shellArgv(command) };
  return [
    {
      because: 'a setup command',
      commands: [own],
      env: Object.assign({}, ...packages.map(({ env }) => env)),
      tools: packages.flatMap(({ tools }) => tools),
      inputs: [command, ...packages.flatMap(({ inputs }) => inputs)],
      produces: packages.flatMap(({ produces }) => produces),
      cacheable: packages.length > 0 && packages.every(({ cacheable }) => cacheable),
      afterRestore: [own],
    },
  ];
}

async function follow(run: SetupRun, recipe: Recipe, filling: KeyedMutex): Promise<void> {
  await refuseOutwardLinks(run.root, recipe.produces);
  if (run.command === null) await requireTools(run, recipe);
  if (!recipe.cacheable || recipe.produces.length === 0) {
    await runAll(run, recipe.commands);
    return hideFromGit(run.root, recipe.produces);
  }
  const key = await keyOf(run, recipe);
  const cache = new SetupCache(run.cacheDir);
  if (await cache.restore(key, run.root)) return runAll(run, recipe.afterRestore);
  await filling.run(join(run.cacheDir, key), async () => {
    run.signal.throwIfAborted();
    if (await cache.restore(key, run.root)) return runAll(run, recipe.afterRestore);
    await runAll(run, recipe.commands);
    await hideFromGit(run.root, recipe.produces);
    await cache.store(key, run.root, recipe.produces);
  });
}

/** What we installed is nobody's change, also where the project forgot to ignore it. */
async function hideFromGit(root: string, paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    const directory = join(root, path);
    const stats = await lstat(directory).catch(() => null);
    if (stats?.isDirectory() !== true) continue;
    await writeFile(join(directory, '.gitignore'), '*\n', { flag: 'wx' }).catch(
      (error: NodeJS.ErrnoException) => {
        if (error.code !== 'EEXIST') throw error;
      },
    );
  }
}

async function requireTools(run: SetupRun, recipe: Recipe): Promise<void> {
  const programs = recipe.commands.map(({ argv }) => argv[0] ?? '').filter((name) => !name.includes('/'));
  for (const tool of new Set([...programs, ...recipe.tools])) await requireTool(run, tool, recipe.because);
}

async function runAll(run: SetupRun, commands: readonly SetupCommand[]): Promise<void> {
  for (const command of commands) await runCommand(run, command, run.command ?? undefined);
}

async function keyOf(run: SetupRun, recipe: Recipe): Promise<string> {
  const versions: string[] = [];
  for (const tool of new Set(recipe.tools)) versions.push(await versionOf(run, tool));
  const commands = recipe.commands.map(({ argv, env }) => [argv, env ?? {}]);
  const parts = [format, platform(), arch(), versions, commands, recipe.env ?? {}, recipe.inputs];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}

async function versionOf(run: SetupRun, tool: string): Promise<string> {
  try {
    const { root: cwd, env, signal } = run;
    const program = await runProgram({
      argv: [tool, '--version'],
      cwd,
      env,
      signal,
      timeoutMs: 20_000,
      maxBytes: 4096,
    });
    return `${tool} ${program.stdout.trim()} ${program.exitCode}`;
  } catch {
    return `${tool} none`;
  }
}

/** A virtual environment in the checkout is used as if it had been activated. */
function environmentOf(run: SetupRun): Record<string, string> {
  const venv = join(run.root, '.venv');
  if (!existsSync(join(venv, 'pyvenv.cfg'))) return {};
  const path = run.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin';
  return { VIRTUAL_ENV: venv, PATH: `${join(venv, 'bin')}${delimiter}${path}` };
}
