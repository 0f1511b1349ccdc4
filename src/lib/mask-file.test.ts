import assert from 'node:assert/strict';
import { link, mkdtemp, open, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { maskFile, maskFiles } from './mask-file.ts';
import { Redactor } from './redact.ts';

const folder = await mkdtemp(join(tmpdir(), 'ao-mask-'));
after(() => rm(folder, { recursive: true }));
const secret = 'a-secret-value-of-mine';
const redactor = new Redactor([secret]);

test('a masked file is as long as before, private, whole, and every other byte is where it was', async () => {
  const file = join(folder, 'log');
  const noise = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * 7919) % 251));
  const before = Buffer.concat([noise, Buffer.from(`\n${secret}\n`), noise, Buffer.from(secret)]);
  await writeFile(file, before, { mode: 0o600 });
  const reader = await open(file); // whoever reads meanwhile goes on with the old content
  await maskFile(file, redactor);
  const masked = await readFile(file);
  const expected = before
    .toString('latin1')
    .replaceAll(secret, `[redacted]${'*'.repeat(secret.length - 10)}`);
  assert.ok(masked.equals(Buffer.from(expected, 'latin1')));
  assert.ok((await reader.readFile()).equals(before));
  await reader.close();
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  assert.deepEqual(await readdir(folder), ['log'], 'no draft is left');
  await rm(file);
});

test('what was given up of a file takes no room afterwards either', async () => {
  const file = join(folder, 'sparse');
  const handle = await open(file, 'w');
  await handle.write(Buffer.from(secret), 0, secret.length, 20_000_000);
  await handle.close();
  await maskFile(file, redactor);
  const { size, blocks } = await stat(file);
  assert.equal(size, 20_000_000 + secret.length);
  assert.ok(blocks * 512 < 1_000_000, `${blocks * 512} bytes`);
  assert.equal(
    (await readFile(file)).subarray(20_000_000).toString(),
    `[redacted]${'*'.repeat(secret.length - 10)}`,
  );
  await rm(file);
});

test('a file without secrets is not written at all, and one that is gone is no error', async () => {
  const file = join(folder, 'clean');
  await writeFile(file, 'nothing\nto hide');
  await link(file, join(folder, 'same'));
  await maskFiles(folder, redactor);
  assert.equal((await stat(file)).nlink, 2);
  await maskFile(join(folder, 'gone'), redactor);
});
