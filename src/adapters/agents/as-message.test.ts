import assert from 'node:assert/strict';
import test from 'node:test';
import { asMessage } from './as-message.ts';

test('what would be a command of an agent is quoted, and a list that Enter would choose from is closed', () => {
  assert.equal(asMessage('/quit'), '> /quit');
  assert.equal(asMessage(' !ls\nx'), '>  !ls\nx');
  assert.equal(asMessage('look at\n@src'), 'look at\n@src ');
  assert.equal(asMessage('for $HOME'), 'for $HOME ');
  assert.equal(asMessage('mail me@home, or /not'), 'mail me@home, or /not');
});
