import assert from 'node:assert/strict';
import { test } from 'node:test';
import { footersOf, type Impulse, impulseOf, nextWish, type Wish } from './interruption.ts';

function after(...impulses: Impulse[]): Wish {
  return impulses.reduce<Wish>(nextWish, 'watching');
}

test('Ctrl-C asks, and a second one stops', () => {
  assert.equal(after('interrupt'), 'asking');
  assert.equal(after('interrupt', 'interrupt'), 'stopping');
});

test('the answers detach, stop or go on', () => {
  assert.equal(after('interrupt', 'detach'), 'detached');
  assert.equal(after('interrupt', 'stop'), 'stopping');
  assert.equal(after('interrupt', 'continue'), 'watching');
});

test('an answer without a question does nothing', () => {
  for (const key of ['d', 's', 'c', 'x', '\r']) {
    const impulse = impulseOf(key);
    assert.equal(impulse === null ? 'watching' : after(impulse), 'watching', key);
  }
});

test('SIGTERM stops without a question, and again it does not wait', () => {
  assert.equal(after('terminate'), 'stopping');
  assert.equal(after('terminate', 'terminate'), 'left');
});

test('losing the terminal only detaches, also in the middle of a question', () => {
  assert.equal(after('hangup'), 'detached');
  assert.equal(after('interrupt', 'hangup'), 'detached');
});

test('a stop cannot be taken back, but need not be waited for', () => {
  assert.equal(after('terminate', 'continue'), 'stopping');
  assert.equal(after('terminate', 'interrupt'), 'left');
});

test('the question names a key for each answer, in every wording', () => {
  for (const question of footersOf(after('interrupt'))) {
    for (const answer of ['[d]', '[s]', '[c]']) assert.ok(question.includes(answer), question);
  }
});
