import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import * as fc from 'fast-check';
import { sessionLogs } from './session-logs.ts';

const folder = await mkdtemp(join(tmpdir(), 'ao-session-logs-'));
after(() => rm(folder, { recursive: true }));
const readable = join(folder, 'readable.log');

test('the last lines are those that tail shows, however long they are', async () => {
  const line = fc.oneof(
    fc.constant(''),
    fc.string({ unit: 'binary-ascii' }),
    fc.constant('x'.repeat(70_000)),
  );
  const lines = fc.array(
    line.map((one) => one.replaceAll('\n', '')),
    { maxLength: 6 },
  );
  await fc.assert(
    fc.asyncProperty(lines, fc.boolean(), fc.integer({ min: 0, max: 8 }), async (given, ended, count) => {
      const whole = given.join('\n') + (ended && given.length > 0 ? '\n' : '');
      await writeFile(join(folder, 'output.log'), whole);
      const parts = whole.split(/(?<=\n)/).filter((part) => part !== '');
      const start = await sessionLogs.lastLines(folder, 'output.log', count);
      assert.equal(
        Buffer.from(whole).subarray(start).toString(),
        count === 0 ? '' : parts.slice(-count).join(''),
      );
    }),
    { numRuns: 60 },
  );
});

test('whoever says all again adds only what is missing, wherever the one before was cut off', async () => {
  const said = ['first\n', 'sécond\n', 'third\n'];
  for (let cut = 0; cut <= Buffer.byteLength(said.join('')); cut += 1) {
    await writeFile(readable, Buffer.from(said.join('')).subarray(0, cut));
    const append = sessionLogs.append(folder);
    for (const text of [...said, 'fourth\n']) append(text);
    assert.equal(await readFile(readable, 'utf8'), `${said.join('')}fourth\n`);
  }
});

test('what is readable is private, and what a disk refuses is written with what comes next', async () => {
  await rm(readable, { force: true });
  const place = join(folder, 'later');
  const append = sessionLogs.append(place);
  append('one\n');
  assert.equal(await sessionLogs.size(place, 'readable.log'), null);
  await mkdir(place);
  append('two\n');
  assert.equal(await readFile(join(place, 'readable.log'), 'utf8'), 'one\ntwo\n');
  assert.equal((await stat(join(place, 'readable.log'))).mode & 0o777, 0o600);
});
