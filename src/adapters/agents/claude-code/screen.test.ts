import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readScreen } from './screen.ts';

// Claude Code 2.1.328 in a terminal of 60 columns and 17 rows.
const asking = [
  '╌'.repeat(60),
  ' │ node -e \'const f=require("fs"),p="src/cat.mjs";f.writeFi',
  ' │ leSync(p,f.readFileSync(p,"utf8").replace("return',
  ' │ 0;","return 1;"))\'',
  '╌'.repeat(60),
  ' This command requires approval',
  '',
  ' Do you want to proceed?',
  ' ❯ 1. Yes',
  '   2. Yes, and don’t ask again for: node *',
  '   3. Yes, and switch to auto mode · auto mode handles',
  '      these prompts for you',
  '   4. No',
  ' ↑ 5 more lines',
  ' Esc to cancel · Tab to amend',
];
const command = 'leSync(p,f.readFileSync(p,"utf8").replace("return 0;","return 1;"))\'';

test('a question that is larger than its terminal is one, too', () => {
  const reading = readScreen(asking);
  assert.ok(reading.state === 'permission', reading.state);
  assert.equal(reading.title, `…: node -e 'const f=require("fs"),p="src/cat.mjs";f.writeFi ${command}`);
  assert.deepEqual(
    reading.options.map(({ kind, keys }) => [kind, keys]),
    [
      ['allow_once', ['1']],
      ['allow_always', ['2']],
      ['reject', ['4']],
    ],
  );
  const less = readScreen(asking.slice(2));
  assert.ok(less.state === 'permission' && less.title === `…: ${command}`, JSON.stringify(less));
});
