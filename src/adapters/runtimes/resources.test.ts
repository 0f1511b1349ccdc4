import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { noNamespaces } from '../../../test/support/pid-namespaces.ts';
import { waitFor } from '../../../test/support/wait-for.ts';
import type { RuntimeHandle } from '../../domain/task.ts';
import { processRuntime } from './process/index.ts';

const megabyte = 1_000_000;
const heldMegabytes = 200;
const burnMs = 400;

const burn = `for (let used = 0; used < ${burnMs * 1000}; ) {
  const { user, system } = process.cpuUsage();
  used = user + system;
}`;
/** A program that has ended, and one with nothing of the session in its environment that holds memory and lives. */
const script = [
  `"$NODE" -e '${burn}'`,
  `env -i "$NODE" -e 'globalThis.held = Buffer.alloc(${heldMegabytes * megabyte}, 1); ${burn} require("node:fs").writeFileSync("ready", "yes"); setInterval(() => {}, 1000)' &`,
  'wait',
].join('\n');

async function startAgent(t: TestContext, argv: string[], isolated: boolean): Promise<RuntimeHandle> {
  const base = await mkdtemp(join(tmpdir(), 'ao-resources-'));
  t.after(() => rm(base, { recursive: true, force: true }));
  const [dir, cwd] = [join(base, 'session'), join(base, 'workspace')];
  await Promise.all([mkdir(dir), mkdir(cwd)]);
  const env = { PATH: process.env['PATH'] ?? '', HOME: base, NODE: process.execPath };
  const handle = await processRuntime.start({ argv, env, cwd, dir, input: '', mark: base, isolated });
  t.after(() => processRuntime.stop(handle, 0));
  return handle;
}

for (const isolated of [false, true]) {
  const where = isolated ? 'in a pid namespace' : 'among all processes';
  const skip =
    process.platform === 'linux'
      ? isolated && noNamespaces
      : 'this system does not tell it without a program';
  test(`what a session uses ${where} is told of all its processes, and of nobody else's`, {
    skip,
  }, async (t) => {
    const handle = await startAgent(t, ['/bin/sh', '-c', script], isolated);
    const idle = await startAgent(t, ['/bin/sleep', '600'], isolated);
    await waitFor('the memory', () => readFile(join(handle.cwd ?? '', 'ready')).catch(() => null), 60_000);
    const [used, beside, gone] = await processRuntime.resources([
      handle,
      idle,
      { ...idle, pid: 0, startTime: '', mark: 'nobody has this', dir: '/nowhere', cwd: '/nowhere' },
    ]);
    const megabytes = (used?.memoryBytes ?? 0) / megabyte;
    assert.ok(megabytes >= heldMegabytes && megabytes < heldMegabytes + 100, `${megabytes} MB`);
    const cpuMs = used?.cpuMs ?? 0; // in steps of 10 for each process
    assert.ok(cpuMs >= 2 * burnMs - 50 && cpuMs < 20 * burnMs, `${cpuMs} ms`);
    assert.ok((used?.processes ?? 0) >= 3, `${used?.processes} processes`);
    assert.ok(beside !== null && beside !== undefined && beside.memoryBytes < 20 * megabyte);
    assert.equal(gone, null);

    await processRuntime.stop(handle, 1000);
    assert.deepEqual(await processRuntime.resources([handle]), [null], 'it has ended');
  });
}
