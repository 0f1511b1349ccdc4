import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { landingLifecycle } from '../src/domain/lifecycles/landing.ts';
import type { Lifecycle } from '../src/domain/lifecycles/lifecycle.ts';
import { messageLifecycle } from '../src/domain/lifecycles/message.ts';
import { runLifecycle } from '../src/domain/lifecycles/run.ts';
import { sessionLifecycle } from '../src/domain/lifecycles/session.ts';
import { taskLifecycle } from '../src/domain/lifecycles/task.ts';

const lifecycles: Lifecycle<string, string>[] = [
  runLifecycle,
  taskLifecycle,
  sessionLifecycle,
  landingLifecycle,
  messageLifecycle,
];
const page = readFileSync(new URL('../docs/lifecycle.md', import.meta.url), 'utf8');

/** The text below `## name`, up to the next heading of that size. */
function section(name: string): string {
  return page.split(/^## /m).find((part) => part.startsWith(`${name}\n`)) ?? '';
}

function drawn(name: string): string[] {
  const diagram = /```mermaid\nstateDiagram-v2\n([\s\S]*?)```/.exec(section(name))?.[1] ?? '';
  return diagram.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.trim()]));
}

function arrowsOf(lifecycle: Lifecycle<string, string>): string[] {
  const moves = Object.entries(lifecycle.transitions).flatMap(([from, events]) =>
    Object.entries(events).map(([event, to]) => `${from} --> ${to}: ${event}`),
  );
  return [`[*] --> ${lifecycle.initial}`, ...moves, ...lifecycle.final.map((state) => `${state} --> [*]`)];
}

for (const lifecycle of lifecycles) {
  describe(`docs/lifecycle.md on the ${lifecycle.name}`, () => {
    test('draws exactly the transitions of the table', () => {
      assert.deepEqual(drawn(lifecycle.name).toSorted(), arrowsOf(lifecycle).toSorted());
    });

    test('says one sentence on each state, in the order of the table', () => {
      const said = [...section(lifecycle.name).matchAll(/^- \*\*(\w+)\*\*: \S.*\.$/gm)].map(
        (match) => match[1],
      );
      assert.deepEqual(said, Object.keys(lifecycle.transitions));
    });
  });
}

test('docs/lifecycle.md has no section on anything else', () => {
  const headings = [...page.matchAll(/^## (.+)$/gm)].map((match) => match[1]);
  assert.deepEqual(
    headings,
    lifecycles.map(({ name }) => name),
  );
});
