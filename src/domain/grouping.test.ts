import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { Finding } from './finding.ts';
import { groupFindings } from './grouping.ts';

function finding(id: string, parts: Partial<Finding> = {}): Finding {
  return {
    id,
    check: 'test',
    kind: 'test',
    file: `${id}.test.js`,
    line: 1,
    title: id,
    message: '',
    ...parts,
  };
}

function grouped(mode: 'finding' | 'file' | 'check' | 'auto', ...findings: Finding[]): string[] {
  return groupFindings(findings, mode).map((group) => group.findings.map(({ id }) => id).join(' '));
}

const inMath = { file: 'math.test.js' };

test('auto puts findings of one file together, whichever check reports them', () => {
  const lint = finding('d', { check: 'lint', kind: 'diagnostic', ...inMath });
  assert.deepEqual(grouped('auto', finding('a', inMath), finding('b'), finding('c', inMath), lint), [
    'a c d',
    'b',
  ]);
});

test('auto puts findings with one missing module together, over all files', () => {
  const missing = { message: "Error: Cannot find module './tax'\nRequire stack: …" };
  assert.deepEqual(grouped('auto', finding('a', missing), finding('b'), finding('c', missing)), ['a c', 'b']);
  const python = { message: "ModuleNotFoundError: No module named 'tax'" };
  assert.deepEqual(grouped('auto', finding('a', python), finding('b', python)), ['a b']);
});

test('auto puts the very same error together, but not the same assertion', () => {
  const typeError = { message: 'TypeError: rates.lookup is not a function\n    at x.js:3:1' };
  const assertion = { message: 'AssertionError: Expected values to be strictly equal: 1 !== 2' };
  assert.deepEqual(grouped('auto', finding('a', typeError), finding('b', typeError)), ['a b']);
  assert.deepEqual(grouped('auto', finding('a', assertion), finding('b', assertion)), ['a', 'b']);
});

test('auto follows chains: a file shared with one and an error shared with another make one task', () => {
  const missing = { message: "Cannot find module './tax'" };
  const middle = finding('c', { ...inMath, ...missing });
  assert.deepEqual(grouped('auto', finding('a', inMath), finding('b', missing), finding('x'), middle), [
    'a b c',
    'x',
  ]);
});

test('auto keeps together what a check reports that stops at its first failure', () => {
  const step = { check: 'make', kind: 'diagnostic', step: 's' } as const;
  const whole = finding('c', { check: 'make', kind: 'check', file: null });
  assert.deepEqual(grouped('auto', finding('a', step), finding('b', step), whole), ['a b c']);
});

test('auto parts messages on many files, also where the check stops at the step that prints them', () => {
  const message = { check: 'make', kind: 'diagnostic', step: 's' } as const;
  const names = ['a', 'b', 'c', 'd', 'e', 'f'];
  const all = names.map((name) => finding(name, { ...message, file: `${name}.c` }));
  assert.deepEqual(grouped('auto', ...all), names);
  assert.deepEqual(
    grouped('auto', ...all.slice(1)),
    ['b c d e f'],
    'one broken header has a few consequences',
  );
});

test('file, check and finding group by just that', () => {
  const missing = { message: "Cannot find module './tax'" };
  const all = [finding('a', { ...inMath, ...missing }), finding('b', missing), finding('c', inMath)];
  assert.deepEqual(grouped('file', ...all), ['a c', 'b']);
  assert.deepEqual(grouped('check', ...all), ['a b c']);
  assert.deepEqual(grouped('finding', ...all), ['a', 'b', 'c']);
});

test('equal findings are never parted', () => {
  assert.deepEqual(grouped('finding', finding('a'), finding('b'), finding('a')), ['a a', 'b']);
});

test('titles say in one short line what to fix and where', () => {
  const title = (...findings: Finding[]) => groupFindings(findings, 'auto')[0]?.title;
  assert.equal(title(finding('adds two numbers', inMath)), 'adds two numbers in math.test.js');
  assert.equal(title(finding('a', inMath), finding('b', inMath)), '2 failing tests in math.test.js');
  assert.equal(title(finding('x', { title: 'x.test.js' })), 'x.test.js, which does not run');
  assert.equal(title(finding('x', { kind: 'check', file: null, title: 'test' })), 'test: it fails');
  const lint = { check: 'lint', kind: 'diagnostic', file: 'a.js' } as const;
  assert.equal(title(finding('a', lint), finding('b', lint)), '2 findings of lint in a.js');
  const missing = { message: "Cannot find module './tax'" };
  assert.equal(
    title(finding('a', missing), finding('b', missing)),
    '2 failing tests in 2 files: missing ./tax',
  );
  const hostile = title(finding('x', { title: `${'long '.repeat(60)}\n\u001b[31mred\u202e` })) ?? '';
  assert.ok(hostile.length <= 80, hostile);
  assert.doesNotMatch(hostile, /\p{Cc}|\p{Cf}/u);
  assert.match(hostile, /in x\.test\.js$/);
});

test('every finding is in exactly one group, and the same findings always give the same groups', () => {
  const findings = fc.array(
    fc.record({
      id: fc.constantFrom('a', 'b', 'c', 'd'),
      file: fc.constantFrom('x', 'y', null),
      step: fc.boolean(),
    }),
    { maxLength: 12 },
  );
  const mode = fc.constantFrom('finding', 'file', 'check', 'auto');
  fc.assert(
    fc.property(findings, mode, (parts, by) => {
      const all = parts.map(({ id, file, step }) => finding(id, { file, ...(step ? { step: 's' } : {}) }));
      const groups = groupFindings(all, by);
      assert.deepEqual(groups, groupFindings(all, by));
      const members = groups.flatMap((group) => group.findings);
      assert.equal(members.length, all.length);
      assert.deepEqual(new Set(members), new Set(all));
      const homes = all.map(
        ({ id }) => groups.filter((group) => group.findings.some((one) => one.id === id)).length,
      );
      assert.ok(homes.every((count) => count === 1));
    }),
  );
});
