import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AoError } from '../api/contract/errors.ts';
import { findSubject } from './find-subject.ts';
import { runView, taskView } from './screen/test-support/views.ts';

const task = taskView({ id: 'abcd000011112222' });
const runs = [runView({ id: 'ab99', tasks: [task] }), runView({ id: 'ab99ff' })];

test('an id means what has it, even when others begin with it', () => {
  assert.deepEqual(findSubject('ab99', runs, []), { kind: 'run', id: 'ab99', run: runs[0] });
});

test('the beginning of one id means that one', () => {
  assert.deepEqual(findSubject('abc', runs, []), { kind: 'task', id: task.id, run: runs[0], task });
});

test('the beginning of several ids is an error that names them', () => {
  assert.throws(
    () => findSubject('ab', runs, []),
    (error) =>
      error instanceof AoError &&
      error.code === 'usage' &&
      /run ab99, run ab99ff, task abcd/.test(error.hint ?? ''),
  );
});

test('an id that nobody has is not found, the empty one neither', () => {
  for (const id of ['ffff', '']) {
    assert.throws(
      () => findSubject(id, runs, []),
      (error) => error instanceof AoError && error.code === 'notFound' && error.hint !== null,
    );
  }
});
