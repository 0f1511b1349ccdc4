import * as fc from 'fast-check';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formats, readOutput } from './formats.ts';
import { judgeOutput } from './judge-output.ts';
import { readMakefile } from './makefile.ts';
import { programOf, segmentsOf, wordsOf } from './shell-text.ts';
import { projects } from './test-support/projects.ts';
import { loadRecording } from './test-support/recordings.ts';
import { plainText } from './text.ts';

const root = import.meta.dirname;

// Pieces of what tools really print, so that arbitrary text gets past the first look.
const recordings = projects.map(({ format, name }) => loadRecording(format, `${name}-failing`).output);
const realLines = [
  ...new Set(
    recordings.flatMap(({ combined, reports }) => [
      ...combined.split('\n'),
      ...reports.map(({ text }) => text),
    ]),
  ),
];
const piece = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...realLines) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '',
      '---',
      '...',
      '<testcase',
      '{"type":"fail"',
      '  ok',
      '[{"filePath":',
      '{"Action":"fail","Package":"a","Test":"b/c"}',
      '{"version":"2.1.0","runs":[{"results":[{"message":{"id":"x"},"locations":[{}]}]}]}',
      '\0',
      '='.repeat(70),
      '-'.repeat(70),
    ),
  },
);
const cutPiece = fc.tuple(piece, fc.nat(400)).map(([text, length]) => text.slice(0, length + 1));
const text = fc.array(fc.oneof(piece, cutPiece), { maxLength: 40 }).map((parts) => parts.join('\n'));
const reportNames = [
  'node-test-1.jsonl',
  'unittest-1.jsonl',
  'eslint.json',
  'junit.xml',
  'jest.json',
  'golangci.sarif',
  'other.txt',
];
const output = fc.record({
  check: fc.constant('test'),
  command: fc.oneof(fc.constantFrom('make test', 'npm test', 'tsc -p . && eslint .', './x.sh'), fc.string()),
  root: fc.constant(root),
  exitCode: fc.constantFrom(0, 1, 2, 127, null),
  timedOut: fc.boolean(),
  stdout: text,
  stderr: text,
  combined: text,
  reports: fc.array(fc.record({ name: fc.constantFrom(...reportNames), text }), { maxLength: 3 }),
});

test('no format throws, whatever was printed and reported', () => {
  fc.assert(
    fc.property(output, (given) => {
      for (const format of formats) format.parse(given);
      readOutput(given);
    }),
    { numRuns: 300 },
  );
});

test('whatever was printed: exit 0 is green, anything else is not, and nothing both passes and fails', () => {
  fc.assert(
    fc.property(output, (given) => {
      const result = judgeOutput(given, { durationMs: 1, timeoutMs: 1000 });
      if (given.timedOut) assert.equal(result.outcome, 'timed_out');
      else if (given.exitCode === 0) assert.equal(result.outcome, 'passed');
      else
        assert.ok(result.outcome === 'broken' || (result.outcome === 'failed' && result.findings.length > 0));
      const failing = new Set(result.findings.map(({ id }) => id));
      if (!given.timedOut)
        assert.deepEqual(
          result.passed.filter((id) => failing.has(id)),
          [],
        );
      for (const id of [...result.passed, ...result.skipped]) assert.equal(typeof result.names[id], 'string');
      for (const finding of result.findings)
        assert.ok(finding.message.length <= 9000 && !finding.title.includes('\n'));
    }),
    { numRuns: 300 },
  );
});

test('no reader of commands, makefiles or escape sequences throws', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), text), (given) => {
      wordsOf(given);
      programOf(given);
      readMakefile(given);
      plainText(given);
      const parts = segmentsOf(given).map((segment) => segment.text);
      assert.ok(parts.every((part) => given.includes(part)));
    }),
    { numRuns: 500 },
  );
});

test('long output of one character is read in reasonable time', () => {
  const started = performance.now();
  for (const char of [
    'a',
    ' ',
    ':',
    '(',
    '=',
    '-',
    '"',
    '.',
    '/',
    '1',
    'a ',
    'a:',
    'ok ',
    '✖ ',
    'x:1',
    ' (',
    '[ ',
  ]) {
    const long = char.repeat(Math.floor(60_000 / char.length));
    const given = { stdout: long, stderr: '', combined: long, timedOut: false, exitCode: 1, reports: [] };
    readOutput({ check: 'test', command: 'x', root, ...given });
    readMakefile(long);
    segmentsOf(long);
    wordsOf(long);
  }
  assert.ok(performance.now() - started < 10_000);
});
