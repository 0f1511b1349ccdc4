import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tableIn, withTable } from './page.ts';

const mark = (name: string, table: string): string =>
  `<!-- ${name}: made by npm run test:agents -- --table -->\n\n${table}\n\n<!-- /${name} -->`;

test('a table that is made anew leaves the rest of its page alone, or the page as it is', () => {
  const text = (one: string): string =>
    `Before.\n${mark('one', one)}\nBetween.\n${mark('two', '| 2 |')}\nAfter.\n`;
  assert.equal(withTable(text('| 1 |'), 'one', '| $& |'), text('| $& |'));
  assert.equal(tableIn(text('| 1 |'), 'two'), '| 2 |');
  assert.throws(() => withTable('Without marks.\n', 'one', '| 1 |'), /table of one/);
});
