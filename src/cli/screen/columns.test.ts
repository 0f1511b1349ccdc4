import assert from 'node:assert/strict';
import { test } from 'node:test';
import { columns, columnsWithin } from './columns.ts';
import { textWidth } from './text-width.ts';

const head = ['SESSION', 'STATE', 'AGENT', 'RUN', 'TASK', 'TITLE'];
const rows = [
  [
    'cat-is-3-in-test-cat-test-mjs-5d065dc2-1',
    'waiting permission',
    'codex',
    'cc3f5ace2c',
    '5d065dc2',
    'Bash: rm -rf dist && npm run build',
  ],
  ['ant-1', 'working', 'claude-code', 'cc3f5ace2c', '4354004c', 'ant is 1'],
];
const within = (width: number): string[] => columnsWithin(width, { head, rows, spare: ['RUN', 'AGENT'] });

test('a wide terminal shows every column whole', () => {
  const [top, first] = within(200);
  assert.match(top ?? '', /^SESSION +STATE +AGENT +RUN +TASK +TITLE$/);
  assert.match(first ?? '', / {2}Bash: rm -rf dist && npm run build$/);
});

test('on a narrow one what can be spared goes, and the first column gives way to the last', () => {
  assert.deepEqual(within(80), [
    'SESSION                   STATE               TASK      TITLE',
    'cat-is-3-in-…-5d065dc2-1  waiting permission  5d065dc2  Bash: rm -rf dist && np…',
    'ant-1                     working             4354004c  ant is 1',
  ]);
});

test('no line is wider than the terminal', () => {
  for (let width = 1; width < 160; width += 1)
    for (const line of within(width)) assert.ok(textWidth(line) <= width, `${width}: ${line}`);
});

test('where no width is known nothing is spared or cut', () => {
  assert.deepEqual(within(Number.POSITIVE_INFINITY), columns(head, rows));
});
