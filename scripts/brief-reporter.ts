// What tests say where nobody watches them: nothing of what passed, all of what did not, and at the end the counts and
// the names once more, so that the last lines of a long output say what to look at.
import { relative } from 'node:path';
import type { TestEvent } from 'node:test/reporters';
import { inspect } from 'node:util';

type Failed = Extract<TestEvent, { type: 'test:fail' }>['data'];

export default async function* brief(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const failed: string[] = [];
  for await (const { type, data } of events) {
    if (type === 'test:stderr' || type === 'test:stdout') yield data.message;
    if (type === 'test:fail' && !isOfItsParts(data) && data.todo === undefined) {
      failed.push(titled(data));
      yield `\n${titled(data)}\n${why(data)}\n\n`;
    }
    if (type === 'test:summary' && data.file === undefined) {
      const { tests, passed, skipped } = data.counts;
      yield `${tests} tests, ${passed} passed, ${skipped} skipped, ${tests - passed - skipped} failed, ${Math.round(data.duration_ms / 1000)} s\n`;
    }
  }
  yield failed.map((line) => `${line}\n`).join('');
}

/** A test that only failed because one in it did. */
function isOfItsParts({ details }: Failed): boolean {
  return 'failureType' in details.error && details.error.failureType === 'subtestsFailed';
}

function titled({ name, file = '', line, details }: Failed): string {
  return `✖ ${name} (${relative('', file)}:${line}, ${Math.round(details.duration_ms)} ms)`;
}

function why({ details: { error } }: Failed): string {
  return inspect(error.cause ?? error).replaceAll(/^/gm, '  ');
}
