import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failure } from './announce.ts';

const hintOf = (error: Error): string | null => {
  const told = failure(error, '/home/me/ao');
  return told.state === 'failed' ? told.error.hint : null;
};

test('a daemon that a full disk keeps from starting says so, and names no log that is not written', () => {
  const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  assert.match(hintOf(full) ?? '', /^Free disk space or check the disk of \/home\/me\/ao/);
  assert.match(hintOf(new Error('a bug')) ?? '', /daemon\.log/);
});
