import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { formatLine, openLog } from './log-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'ao-log-'));
after(() => rmSync(folder, { recursive: true, force: true }));

test('a line stays one line whatever it says', () => {
  const fields = { run: 'r-1', reason: 'two words\nand "more"', count: 3, gone: undefined, none: null };
  assert.equal(
    formatLine('task.claim', fields),
    'task.claim run=r-1 reason="two words\\nand \\"more\\"" count=3 none=null',
  );
  assert.match(formatLine('x', { error: new Error('boom') }), /^x error="Error: boom\\n.*log-file\.test/);
});

test('the log is private and never grows past twice its limit', () => {
  const path = join(folder, 'daemon.log');
  const log = openLog(path, 1000);
  for (let index = 0; index < 200; index++) log('event.happened', { index });
  assert.equal(statSync(path).mode & 0o777, 0o600);
  assert.ok(statSync(path).size + statSync(`${path}.1`).size < 2200);
  assert.match(
    readFileSync(path, 'utf8').trimEnd().split('\n').at(-1) ?? '',
    /^\d{4}-.*Z event\.happened index=199$/,
  );
});

test('a log that cannot be written disturbs nobody', () => {
  assert.doesNotThrow(() => openLog(join(folder, 'nowhere', 'x.log'), 1000)('event'));
});
