import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ControlReplies } from './control-replies.ts';

// As tmux 3.3a printed it, with a message that imitates its own lines.
const recorded = [
  '%begin 1795161230 265 0',
  '%end 1795161230 265 0',
  '%sessions-changed',
  '%session-changed $1 agent',
  '%begin 1795161230 272 1',
  "can't find session: nosuch",
  '%error 1795161230 272 1',
  '%begin 1795161230 273 1',
  '%end 1795161230 272 1',
  '%exit',
  '%begin 1 2 1',
  'ünïcode',
  '%end 1795161230 273 1',
  '%begin 1795161230 274 1',
  '%end 1795161230 274 1',
  '%exit server exited',
  '',
].join('\n');

const expected = [
  { ok: false, text: "can't find session: nosuch" },
  { ok: true, text: '%end 1795161230 272 1\n%exit\n%begin 1 2 1\nünïcode' },
  { ok: true, text: '' },
];

test('replies of a tmux server are told from each other, from its notices and from what only looks like them', () => {
  const { replies, connected, exit } = new ControlReplies().take(recorded);
  assert.deepEqual(replies, expected);
  assert.deepEqual({ connected, exit }, { connected: true, exit: true });
});

test('replies of a tmux server are the same however its output is cut', () => {
  for (let size = 1; size < 40; size += 1) {
    const control = new ControlReplies();
    const taken = [];
    let exits = 0;
    let connections = 0;
    for (let at = 0; at < recorded.length; at += size) {
      const { replies, connected, exit } = control.take(recorded.slice(at, at + size));
      taken.push(...replies);
      if (exit) exits += 1;
      if (connected) connections += 1;
    }
    assert.deepEqual(taken, expected);
    assert.deepEqual([connections, exits], [1, 1]);
  }
});
