import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { test } from 'node:test';
import { showLog } from './show-log.ts';

test('no more of a log is read than is taken: what waits to be shown does not pile up', async () => {
  let read = 0;
  async function* log(): AsyncGenerator<Uint8Array> {
    for (; read < 100; read += 1) yield Buffer.from('line\n');
  }
  const taken = Promise.withResolvers<void>();
  let shown = '';
  const write = (text: string | Uint8Array): Promise<void> => {
    shown += String(text);
    return taken.promise;
  };
  const showing = showLog({ log }, 's1', { last: null, follow: false, raw: true, write });
  for (let turn = 0; turn < 200; turn += 1) await setImmediate();
  assert.equal(read, 0, 'the first is not taken yet');
  taken.resolve();
  await showing;
  assert.equal(shown, 'line\n'.repeat(100));
});
