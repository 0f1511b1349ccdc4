import assert from 'node:assert/strict';
import test from 'node:test';
import { readGeminiScreen } from './gemini.ts';

// Gemini 0.61.0 in 80 columns, asked by a model that called its command “Run a command”.
const asking = [
  '╭──────────────────────────────────────────────────────────────────────────────╮',
  '│ ? Shell  Run a command                                                       │',
  '│ ╭──────────────────────────────────────────────────────────────────────────╮ │',
  "│ │ node -e 'const                                                           │ │",
  '│ │ f=require("fs"),p="src/cat.mjs";f.writeFileSync(p,f.readFileSync(p,"ut   │ │',
  '│ │ f8").replace("return 0;","return                                         │ │',
  '│ │ "+f.readFileSync("test/cat.test.mjs","utf8").match(/is                   │ │',
  `│ │ (\\d)/)[1]+";"))'                                                         │ │`,
  '│ ╰──────────────────────────────────────────────────────────────────────────╯ │',
  '│ Allow execution of [Shell]?                                                  │',
  '│                                                                              │',
  '│ ● 1. Allow once                                                              │',
  '│   2. Allow for this session                                                  │',
  '│   3. No, suggest changes (esc)                                               │',
  '╰──────────────────────────────────────────────────────────────────────────────╯',
];

test('a question tells the command that would run, and not what the model calls it', () => {
  const reading = readGeminiScreen(asking);
  assert.ok(reading.state === 'permission');
  assert.equal(
    reading.title,
    `Shell: node -e 'const f=require("fs"),p="src/cat.mjs";f.writeFileSync(p,f.readFileSync(p,"utf8").replace("return 0;","return "+f.readFileSync("test/cat.test.mjs","utf8").match(/is (\\d)/)[1]+";"))'`,
  );
});
