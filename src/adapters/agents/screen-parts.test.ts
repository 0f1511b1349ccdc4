import assert from 'node:assert/strict';
import test from 'node:test';
import * as fc from 'fast-check';
import { meaningOf, numberedAnswers, optionsOf } from './screen-parts.ts';

const meanings = {
  Yes: 'allow_once',
  'Yes, proceed (y)': 'allow_once',
  'Yes, allow once': 'allow_once',
  'Approve once': 'allow_once',
  'Yes, and always allow access to /tmp from this project': 'allow_always',
  "Yes, and don't ask again for commands that start with `no mode` (p)": 'allow_always',
  'Allow for this session': 'allow_always',
  'Yes, and switch to auto mode': null,
  No: 'reject',
  'No, suggest changes (esc)': 'reject',
  'Reject with feedback': 'reject',
  'Keep current model': null,
} as const;

test('an answer means what its words say', () => {
  for (const [label, kind] of Object.entries(meanings)) assert.equal(meaningOf(label), kind, label);
});

test('the key of an answer is the one of its words, in whatever order they stand', () => {
  const labels = ['Yes', 'Yes, and always allow this', 'Yes, and switch to auto mode', 'No'];
  fc.assert(
    fc.property(fc.shuffledSubarray(labels, { minLength: labels.length }), (order) => {
      const rows = order.map((label, at) => `${at === 0 ? ' ❯' : '  '} ${at + 1}. ${label}`);
      const found = optionsOf(numberedAnswers(rows, 0, rows.length));
      const key = (label: string): string => String(order.indexOf(label) + 1);
      assert.deepEqual(
        new Map(found.map(({ kind, keys }) => [kind, keys[0]])),
        new Map(
          order.flatMap((label) => {
            const kind = meaningOf(label);
            return kind === null ? [] : [[kind, key(label)] as const];
          }),
        ),
      );
      assert.equal(found.length, 3);
    }),
  );
});
