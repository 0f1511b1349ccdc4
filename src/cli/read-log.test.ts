import assert from 'node:assert/strict';
import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import * as fc from 'fast-check';
import { AoError } from '../api/contract/errors.ts';
import { readLog, tailStart } from './read-log.ts';

const folder = await mkdtemp(join(tmpdir(), 'ao-read-log-'));
after(() => rm(folder, { recursive: true }));
const log = join(folder, 'output.log');

async function text(start: number): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const bytes of readLog(log, { start, until: null })) chunks.push(bytes);
  return Buffer.concat(chunks).toString();
}

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
      await writeFile(log, given.join('\n') + (ended && given.length > 0 ? '\n' : ''));
      const whole = await text(0);
      const parts = whole.split(/(?<=\n)/).filter((part) => part !== '');
      assert.equal(await text(await tailStart(log, count)), count === 0 ? '' : parts.slice(-count).join(''));
    }),
    { numRuns: 60 },
  );
});

test('a log is followed until its session has ended, with what was written last', async () => {
  await writeFile(log, 'first\n');
  let asked = 0;
  const until = async (): Promise<boolean> => {
    asked += 1;
    if (asked === 2) await appendFile(log, 'second\n');
    if (asked === 3) await appendFile(log, 'last words');
    return asked === 3;
  };
  let read = '';
  for await (const bytes of readLog(log, { start: 0, until })) read += String(bytes);
  assert.equal(read, 'first\nsecond\nlast words');
});

test('a log that is gone is not found, with the reason', async () => {
  await assert.rejects(
    tailStart(join(folder, 'nothing'), 1),
    (error) => error instanceof AoError && error.code === 'notFound' && /ao clean/.test(error.hint ?? ''),
  );
});
