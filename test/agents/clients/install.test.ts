import assert from 'node:assert/strict';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { afterEach, beforeEach } from 'node:test';
import type { Client } from './catalogue.ts';
import { agentCache, findClient, installClient } from './install.ts';

const client: Client = {
  name: 'tiny',
  version: '1.2.3',
  package: 'tiny-agent',
  program: 'tiny',
  path: '.bin/tiny',
};
const kept = { PATH: process.env['PATH'], AO_TEST_AGENT_CACHE: process.env['AO_TEST_AGENT_CACHE'] };
let directory = '';

/** In place of the real one, which needs a registry: counts its runs and puts a program where npm would. */
function putNpm(...lines: string[]): void {
  const path = join(directory, 'tools/npm');
  writeFileSync(path, ['#!/bin/sh', `echo "$*" >>'${directory}/runs'`, ...lines].join('\n'));
  chmodSync(path, 0o755);
}

const placing = ['mkdir -p node_modules/.bin', 'echo hi >node_modules/.bin/tiny'];
const runs = (): string[] => readFileSync(join(directory, 'runs'), 'utf8').trimEnd().split('\n');

beforeEach(() => {
  directory = realpathSync(mkdtempSync(join(tmpdir(), 'ao-install-')));
  mkdirSync(join(directory, 'tools'));
  process.env['PATH'] = `${join(directory, 'tools')}:${kept.PATH}`;
  process.env['AO_TEST_AGENT_CACHE'] = join(directory, 'cache');
});

afterEach(() => {
  for (const [name, value] of Object.entries(kept)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
  rmSync(directory, { recursive: true });
});

test('a client is installed once, in its exact version and without install scripts, however many ask for it', async () => {
  putNpm('sleep 0.2', ...placing);
  const both = await Promise.all([installClient(client), installClient(client)]);
  const third = await installClient(client);
  assert.deepEqual(
    new Set([...both, third].map(({ bin }) => bin)),
    new Set([join(agentCache(), 'tiny-1.2.3/bin')]),
  );
  assert.equal(third.seconds, null);
  assert.equal(runs().length, 1);
  assert.match(runs()[0] ?? '', /--ignore-scripts .*tiny-agent@1\.2\.3$/);
  assert.equal(readFileSync(join(third.bin, 'tiny'), 'utf8'), 'hi\n');
});

test('what cannot be installed says why in the words of npm, and leaves nothing', async () => {
  putNpm('echo "no such version" >&2', 'exit 1');
  await assert.rejects(installClient(client), /cannot install tiny-agent@1\.2\.3: no such version/);
  assert.equal(findClient(client), null);
  assert.deepEqual(readdirSync(agentCache()), ['tiny.lock']);
});

test('a package without the program is refused', async () => {
  putNpm('mkdir node_modules');
  await assert.rejects(installClient(client), /has no \.bin\/tiny here/);
  assert.deepEqual(readdirSync(agentCache()), ['tiny.lock']);
});

test('an install that was killed half-way is none, and the next one clears it away', async () => {
  const half = join(agentCache(), 'tiny-1.2.3.partial-abc');
  mkdirSync(join(half, 'node_modules'), { recursive: true });
  mkdirSync(join(agentCache(), 'tiny-1.2.3'));
  putNpm(...placing);
  assert.equal(findClient(client), null);
  await installClient(client);
  assert.deepEqual(readdirSync(agentCache()).toSorted(), ['tiny-1.2.3', 'tiny.lock']);
});
