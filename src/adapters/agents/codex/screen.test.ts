import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readScreen } from './screen.ts';

// Codex 0.169.0 in 100 columns.
const asking = [
  '  Would you like to run the following command?',
  '',
  '  Environment: local',
  '',
  '  Reason: May I run this command?',
  '',
  "  $ node -e 'const",
  '  f=require("fs"),p="src/cat.mjs";f.writeFileSync(p,f.readFileSync(p,"utf8").replace("return',
  '  $ 0;","return 1;"))\'',
  '',
  '',
  '› 1. Yes, proceed (y)',
  "  2. Yes, and don't ask again for commands that start with `node -e` (p)",
  '  3. No, and tell Codex what to do differently (esc)',
  '',
  '  Press enter to confirm or esc to cancel',
];

test('a question tells the whole command, and not one line of it', () => {
  const reading = readScreen(asking);
  assert.ok(reading.state === 'permission');
  assert.equal(
    reading.title,
    `Bash: node -e 'const f=require("fs"),p="src/cat.mjs";f.writeFileSync(p,f.readFileSync(p,"utf8").replace("return $ 0;","return 1;"))'`,
  );
});

test('a question that is larger than its terminal is one, too', () => {
  const reading = readScreen(asking.slice(7));
  assert.ok(reading.state === 'permission', reading.state);
  assert.match(reading.title, /^…: f=require.* \$ 0;","return 1;"\)\)'$/);
  const said = readScreen(['• I could ask:', ...asking.slice(7)]);
  assert.notEqual(said.state, 'permission');
});
