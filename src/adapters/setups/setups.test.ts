import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { AoError } from '../../domain/errors.ts';
import { makeSetup } from './index.ts';

const base = mkdtempSync(join(tmpdir(), 'ao-setups-'));
after(() => rmSync(base, { recursive: true, force: true }));

let count = 0;
const home = directory('home');
const env: Record<string, string> = {
  PATH: process.env['PATH'] ?? '/usr/bin:/bin',
  HOME: home,
  npm_config_offline: 'true',
  npm_config_cache: join(home, 'npm'),
  PIP_NO_INDEX: '1',
};

function directory(name: string): string {
  const path = join(base, name);
  mkdirSync(path, { recursive: true });
  return path;
}

function checkout(files: Record<string, string | Uint8Array>): string {
  count += 1;
  const root = directory(`checkout ${count}`);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), content);
  }
  return root;
}

const abort = new AbortController();
const setup = makeSetup();

/** `programs`: a directory in front of the PATH. */
function prepare(
  root: string,
  command: string | null = null,
  cache = 'cache',
  programs: string | null = null,
): Promise<{ env: Record<string, string> }> {
  count += 1;
  const dir = directory(`log ${count}`);
  return setup.prepare({
    repository: base,
    root,
    command,
    env: programs === null ? env : { ...env, PATH: `${programs}:${env['PATH']}` },
    mark: `setups-${count}`,
    cacheDir: join(base, cache),
    dir,
    signal: abort.signal,
  });
}

/** A package with one dependency, that comes as an archive beside it: no network is needed. */
function npmProject(): Record<string, string | Uint8Array> {
  const source = checkout({
    'package.json': JSON.stringify({ name: 'dep', version: '1.0.0', bin: { dep: 'cli.js' } }),
    'cli.js': '#!/usr/bin/env node\nconsole.log("dep runs");\n',
  });
  execFileSync('npm', ['pack', '--silent'], { cwd: source, env });
  const archive = readFileSync(join(source, 'dep-1.0.0.tgz'));
  const manifest = { name: 'app', version: '1.0.0', dependencies: { dep: 'file:dep-1.0.0.tgz' } };
  const draft = checkout({ 'package.json': JSON.stringify(manifest), 'dep-1.0.0.tgz': archive });
  execFileSync('npm', ['install', '--silent'], { cwd: draft, env });
  return {
    'package.json': JSON.stringify(manifest),
    'dep-1.0.0.tgz': archive,
    'package-lock.json': readFileSync(join(draft, 'package-lock.json')),
  };
}
const npmFiles = npmProject();

const entries = (cache: string): string[] =>
  existsSync(join(base, cache)) ? readdirSync(join(base, cache)).filter((name) => !name.startsWith('.')) : [];

test('a lock file is installed once, and later checkouts get copies with their links', async () => {
  const first = checkout(npmFiles);
  const second = checkout(npmFiles);
  await prepare(first, null, 'cache-npm');
  assert.equal(entries('cache-npm').length, 1);
  rmSync(join(home, 'npm'), { recursive: true, force: true });
  await prepare(second, null, 'cache-npm');
  for (const root of [first, second]) {
    assert.ok(lstatSync(join(root, 'node_modules/.bin/dep')).isSymbolicLink());
    assert.equal(
      execFileSync('npx', ['--no-install', 'dep'], { cwd: root, env, encoding: 'utf8' }).trim(),
      'dep runs',
    );
  }
  writeFileSync(join(second, 'node_modules/dep/cli.js'), 'changed');
  const third = checkout(npmFiles);
  await prepare(third, null, 'cache-npm');
  assert.match(readFileSync(join(third, 'node_modules/dep/cli.js'), 'utf8'), /dep runs/);
  assert.match(readFileSync(join(first, 'node_modules/dep/cli.js'), 'utf8'), /dep runs/);
});

test('three checkouts at once install once', async () => {
  const programs = directory('programs');
  const real = execFileSync('/bin/sh', ['-c', 'command -v npm'], { env, encoding: 'utf8' }).trim();
  const log = join(base, 'installs');
  writeFileSync(join(programs, 'npm'), `#!/bin/sh\necho "$1" >> '${log}'\nexec '${real}' "$@"\n`, {
    mode: 0o755,
  });
  const roots = [checkout(npmFiles), checkout(npmFiles), checkout(npmFiles)];
  const counted = { ...env, PATH: `${programs}:${env.PATH}` };
  await Promise.all(
    roots.map((root, index) =>
      setup.prepare({
        repository: base,
        root,
        command: null,
        env: counted,
        mark: `setups-at-once-${index}`,
        cacheDir: join(base, 'cache-twice'),
        dir: directory(`log at once ${index}`),
        signal: abort.signal,
      }),
    ),
  );
  assert.equal(readFileSync(log, 'utf8'), 'ci\n');
  for (const root of roots) assert.ok(existsSync(join(root, 'node_modules/dep/package.json')));
  assert.equal(entries('cache-twice').length, 1);
});

test("the project's own install scripts run in each checkout", async () => {
  const manifest = String(npmFiles['package.json']).replace(
    '{',
    '{"scripts":{"postinstall":"echo made > made.txt"},',
  );
  for (let i = 0; i < 2; i++) {
    const root = checkout({ ...npmFiles, 'package.json': manifest });
    await prepare(root, null, 'cache-scripts');
    assert.equal(readFileSync(join(root, 'made.txt'), 'utf8'), 'made\n');
  }
  assert.equal(entries('cache-scripts').length, 1);
});

test('an entry that was left half-made is never used', async () => {
  const cache = directory('cache-half');
  await prepare(checkout(npmFiles), null, 'cache-half');
  const [key = ''] = entries('cache-half');
  // What a crash in the middle of a copy leaves: the draft's directory, without its last file.
  rmSync(join(cache, key, 'entry.json'));
  const root = checkout(npmFiles);
  await prepare(root, null, 'cache-half');
  assert.ok(existsSync(join(root, 'node_modules/dep/package.json')));
});

test('a package.json without dependencies needs nothing', async () => {
  const root = checkout({ 'package.json': '{"name":"x","scripts":{"test":"node --test"}}' });
  assert.deepEqual(await prepare(root, null, 'cache-none'), { env: {}, ran: false });
  assert.deepEqual(readdirSync(root), ['package.json']);
});

test('a setup that fails is one error with the command and the end of its output', async () => {
  const root = checkout({ ...npmFiles, 'package-lock.json': '{"lockfileVersion":3,"packages":{}}' });
  await assert.rejects(prepare(root, null, 'cache-fail'), (error: unknown) => {
    assert.ok(error instanceof AoError);
    assert.match(error.message, /^The setup command `npm ci .*` failed with exit code 1\.\n[\s\S]*dep/);
    assert.match(error.hint ?? '', /--setup/);
    return true;
  });
  assert.deepEqual(entries('cache-fail'), []);
});

/** A program that writes down how it was called: its arguments, then those of the variables that it was given. */
function recorder(
  name: string,
  variables: readonly string[],
  also = '',
): { path: string; calls(): string[] } {
  count += 1;
  const path = directory(`programs ${count}`);
  const log = join(path, 'calls');
  const given = variables.map((variable) => `${variable}=\${${variable}-none}`).join(' ');
  const script = `#!/bin/sh\n[ "$1" = --version ] && exit\necho "$* ${given}" >>'${log}'\n${also}\n`;
  writeFileSync(join(path, name), script, { mode: 0o755 });
  return { path, calls: () => readFileSync(log, 'utf8').trimEnd().split('\n') };
}

test('what pnpm installs is no link into its store, whatever the project asks for', async () => {
  const variable = 'pnpm_config_enable_global_virtual_store';
  const { path, calls } = recorder('pnpm', [variable]);
  const root = checkout({
    'package.json': '{"dependencies":{"a":"1"}}',
    'pnpm-lock.yaml': '',
    'pnpm-workspace.yaml': 'enableGlobalVirtualStore: true\n',
  });
  const { env: added } = await prepare(root, null, 'cache-pnpm', path);
  assert.deepEqual(calls(), [
    `install --frozen-lockfile --package-import-method=clone-or-copy --config.enable-global-virtual-store=false ${variable}=false`,
  ]);
  // From version 11 on `pnpm test` would install anew, as the project asks for.
  assert.equal(added[variable], 'false');
});

test("each package of pnpm's workspace gets its copy, however their list is written", async () => {
  const made = 'mkdir -p node_modules packages/a/node_modules && echo x >packages/a/node_modules/b.js';
  const { path, calls } = recorder('pnpm', [], made);
  const files = {
    'package.json': '{}',
    'pnpm-lock.yaml': '',
    'pnpm-workspace.yaml': 'packages: ["packages/*"] # ours\n',
    'packages/a/package.json': '{"dependencies":{"b":"1"}}',
  };
  const roots = [checkout(files), checkout(files)];
  for (const root of roots) await prepare(root, null, 'cache-workspace', path);
  assert.equal(calls().length, 1);
  for (const root of roots)
    assert.equal(readFileSync(join(root, 'packages/a/node_modules/b.js'), 'utf8'), 'x\n');
});

test("yarn's packages that are read where they lie are put into the checkout: the way there differs from one to the next", async () => {
  const variable = 'YARN_ENABLE_GLOBAL_CACHE';
  const { path, calls } = recorder('yarn', [variable]);
  const files = { 'package.json': '{"dependencies":{"a":"1"}}', 'yarn.lock': '__metadata:\n' };
  await prepare(checkout(files), null, 'cache-yarn', path);
  await prepare(
    checkout({ ...files, '.yarnrc.yml': 'nodeLinker: node-modules\n' }),
    null,
    'cache-yarn',
    path,
  );
  assert.deepEqual(calls(), [
    `install --immutable ${variable}=false`,
    `install --immutable ${variable}=none`,
  ]);
});

test('poetry installs into the checkout, never into the environment that is active', async () => {
  const variables = ['POETRY_VIRTUALENVS_CREATE', 'POETRY_VIRTUALENVS_IN_PROJECT', 'VIRTUAL_ENV'];
  const { path, calls } = recorder('poetry', variables, 'mkdir -p .venv && : >.venv/pyvenv.cfg');
  const files = { 'pyproject.toml': '', 'poetry.lock': '' };
  const roots = [checkout(files), checkout(files)];
  env.VIRTUAL_ENV = '/of/the/user';
  try {
    for (const root of roots) {
      const { env: added } = await prepare(root, null, 'cache-poetry', path);
      assert.equal(added['VIRTUAL_ENV'], join(root, '.venv'));
    }
  } finally {
    delete env.VIRTUAL_ENV;
  }
  const call =
    'install --no-interaction POETRY_VIRTUALENVS_CREATE=true POETRY_VIRTUALENVS_IN_PROJECT=true VIRTUAL_ENV=none';
  assert.deepEqual(calls(), [call, call]);
  assert.equal(entries('cache-poetry').length, 1);
});

test('a missing tool is named', async () => {
  const root = checkout({ 'package.json': '{"dependencies":{"a":"1"}}', 'pnpm-lock.yaml': '' });
  await assert.rejects(
    setup.prepare({
      repository: base,
      root,
      command: null,
      env: { ...env, PATH: dirname(process.execPath) },
      mark: 'setups-missing',
      cacheDir: join(base, 'cache-missing'),
      dir: directory('log missing'),
      signal: abort.signal,
    }),
    /The project has pnpm-lock\.yaml, but pnpm was not found\./,
  );
});

test("the user's command runs each time, in a shell", async () => {
  const root = checkout({ 'a.txt': 'a' });
  await prepare(root, 'cat a.txt > "b c.txt" && echo done');
  assert.equal(readFileSync(join(root, 'b c.txt'), 'utf8'), 'a');
  await assert.rejects(
    prepare(root, 'echo "not good"; exit 4'),
    /`echo "not good"; exit 4` failed with exit code 4\.\nnot good/,
  );
});

test('nothing is installed or copied through a link that the project put in the way', async () => {
  await prepare(checkout(npmFiles), null, 'cache-link');
  const root = checkout(npmFiles);
  const victim = directory('victim');
  writeFileSync(join(victim, 'precious.txt'), 'keep');
  symlinkSync(victim, join(root, 'node_modules'));
  await assert.rejects(
    prepare(root, null, 'cache-link'),
    /node_modules is a link that leads out of the checkout/,
  );
  await assert.rejects(
    prepare(root, null, 'cache-unused'),
    /node_modules is a link that leads out of the checkout/,
  );
  assert.deepEqual(readdirSync(victim), ['precious.txt']);
});

test('what was installed is no change for git', async () => {
  const root = checkout(npmFiles);
  execFileSync('git', ['init', '-q'], { cwd: root });
  await prepare(root, null, 'cache-npm');
  const status = execFileSync('git', ['status', '--porcelain', '-uall'], { cwd: root, encoding: 'utf8' });
  assert.doesNotMatch(status, /node_modules/);
});

/** A wheel by hand: a module and a program. */
function wheel(): Uint8Array {
  const path = join(base, 'tiny-1.0-py3-none-any.whl');
  const script = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w") as z:
    z.writestr("tiny.py", "def main():\\n    print('tiny runs')\\n")
    z.writestr("tiny-1.0.dist-info/METADATA", "Metadata-Version: 2.1\\nName: tiny\\nVersion: 1.0\\n")
    z.writestr("tiny-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\\nGenerator: x\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    z.writestr("tiny-1.0.dist-info/entry_points.txt", "[console_scripts]\\ntiny = tiny:main\\n")
    z.writestr("tiny-1.0.dist-info/RECORD", "")
`;
  execFileSync('python3', ['-c', script, path]);
  return readFileSync(path);
}

test('requirements go into an environment of the checkout, whose programs work after a copy', async () => {
  const files = {
    'requirements.txt': '--find-links wheels\ntiny==1.0\n',
    'wheels/tiny-1.0-py3-none-any.whl': wheel(),
  };
  const first = checkout(files);
  const second = checkout(files);
  await prepare(first, null, 'cache-pip');
  const added = await prepare(second, null, 'cache-pip');
  assert.equal(entries('cache-pip').length, 1);
  rmSync(first, { recursive: true });
  assert.equal(added.env['VIRTUAL_ENV'], join(second, '.venv'));
  const ran = execFileSync('tiny', [], { env: { ...env, ...added.env }, encoding: 'utf8' });
  assert.equal(ran.trim(), 'tiny runs');
});

test('what autotools generated is as old in every checkout: never older than its source', async () => {
  const makefile = 'configure: configure.ac aclocal.m4\n\tfalse\nsub/Makefile.in: configure.ac\n\tfalse\n';
  const root = checkout({
    'configure.ac': 'AC_INIT\n',
    configure: '#!/bin/sh\n',
    'aclocal.m4': '',
    'sub/Makefile.in': '',
    GNUmakefile: makefile,
  });
  const old = new Date('2020-01-01');
  for (const name of ['configure', 'sub/Makefile.in']) utimesSync(join(root, name), old, old);
  const isUpToDate = (): boolean =>
    spawnSync('make', ['--question', 'configure', 'sub/Makefile.in'], { cwd: root }).status === 0;
  assert.equal(isUpToDate(), false);
  await prepare(root);
  assert.equal(isUpToDate(), true);
});

test('a name that is no text holds up no setup', {
  skip: process.platform === 'linux' ? false : 'names are text here',
}, async () => {
  const root = checkout({ 'configure.ac': '', configure: '', 'b/Makefile.in': '' });
  mkdirSync(Buffer.concat([Buffer.from(`${root}/a`), Buffer.from([0xe9])]));
  const old = new Date('2020-01-01');
  utimesSync(join(root, 'b/Makefile.in'), old, old);
  await prepare(root);
  assert.ok(lstatSync(join(root, 'b/Makefile.in')).mtime > old);
});
