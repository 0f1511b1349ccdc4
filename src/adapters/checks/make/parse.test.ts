import assert from 'node:assert/strict';
import { test } from 'node:test';
import { unitId } from '../../../domain/finding.ts';
import type { ParsedReport } from '../../../ports/check-format.ts';
import { readOutput } from '../formats.ts';
import { readSteps } from './steps.ts';
import { inProject, withRecording } from '../test-support/recordings.ts';
import { instrument } from './instrument.ts';

const namesOf = (report: ParsedReport): (string | undefined)[] => report.passed.map((id) => report.names[id]);

test('recipe lines before the failure were seen to pass, silenced and ignored ones included', () =>
  withRecording('make', 'sequence', (output) => {
    const report = readOutput(output);
    assert.deepEqual(
      namesOf(report),
      ['cc -o a a.c', 'cc -o b b.c', './a', 'echo "a is fine"', 'false'].map((line) => `step:${line}`),
    );
    assert.equal(report.complete, false);
  }));

test('what the failing line printed is read, and belongs to its step', () =>
  withRecording('make', 'sequence', (output) => {
    const [finding, ...others] = readOutput(output).findings;
    assert.equal(others.length, 0);
    assert.deepEqual([finding?.file, finding?.line, finding?.title], ['b.c', 2, 'assertion failed: 1 == 2']);
    assert.equal(finding?.step, unitId('test', null, 'step:./b'));
  }));

test('in a make that another make started, the inner step fails, and its files are found', () =>
  withRecording('make', 'nested', (output) => {
    const report = readOutput(output);
    assert.deepEqual(
      report.findings.map(({ file, line }) => [file, line]),
      [['sub/a.c', 1]],
    );
    assert.equal(report.findings[0]?.step, unitId('test', null, 'step:sub: gcc -c a.c -o /dev/null'));
    assert.deepEqual(namesOf(report), ['step:true']);
  }));

test('a test runner inside of a recipe reports its own tests', () =>
  withRecording('make', 'unittest-inside', (output) => {
    const report = readOutput(output);
    assert.deepEqual(
      report.findings.map(({ title, file, line }) => [title, file, line]),
      [['A.test_b', 'test_a.py', 9]],
    );
    assert.equal(report.findings[0]?.step, unitId('test', null, 'step:python3 -m unittest -q'));
    assert.ok(namesOf(report).includes('test_a.py: A.test_a'));
  }));

test('an end that no step explains is left to the check as a whole', () =>
  withRecording('make', 'no-rule', (output) => {
    assert.deepEqual(readOutput(output).findings, []);
  }));

test('a recipe of nothing but a variable, and a built-in rule, are steps too', () => {
  const files = { Makefile: 'RUN = ./run --all\ntest: x.o\n\t$(RUN)\n', 'x.c': '' };
  const combined = [
    "<builtin>: update target 'x.o' due to: x.c",
    'cc    -c -o x.o x.c',
    "Makefile:3: update target 'test' due to: x.o",
    './run --all',
    'x.c:4: bad',
    'make: *** [Makefile:3: test] Error 1',
  ].join('\n');
  return inProject(files, (root) => {
    const rest = { stdout: combined, stderr: '', combined, timedOut: false, reports: [], exitCode: 2 };
    const report = readOutput({ check: 'test', command: 'make test', root, ...rest });
    assert.deepEqual(namesOf(report), ['step:cc -c -o x.o x.c']);
    assert.equal(report.findings[0]?.step, unitId('test', null, 'step:./run --all'));
  });
});

test('with several jobs the target that make names is the one that failed', () => {
  const files = { Makefile: 'test: a b\na:\n\t./a.sh\nb:\n\t./b.sh\n' };
  const combined = [
    "Makefile:3: target 'a' does not exist",
    './a.sh',
    "Makefile:5: target 'b' does not exist",
    './b.sh',
    'make: *** [Makefile:3: a] Error 1',
    'make: *** Waiting for unfinished jobs....',
  ].join('\n');
  return inProject(files, (root) => {
    const rest = { stdout: combined, stderr: '', combined, timedOut: false, reports: [], exitCode: 2 };
    const report = readOutput({ check: 'test', command: 'make -j2 test', root, ...rest });
    assert.deepEqual(
      report.findings.map(({ kind, title }) => [kind, title]),
      [['step', './a.sh']],
    );
    assert.deepEqual(namesOf(report), [], 'a step whose end nobody saw did not pass');
  });
});

test('several jobs run one after another, so that chance does not decide what ran before the first failure', () => {
  const made = (command: string): string | null | undefined =>
    instrument({ check: 'test', command, resolved: command, root: '/', reportDir: '/' })?.command;
  const calls: Record<string, string> = {
    'make -j2 test': 'make -j1 test',
    'make -sj8': 'make -sj1',
    'make -j': 'make -j1',
    'gmake -j 8 test': 'gmake -j1 test',
    'make -j$(nproc) -C jobs': 'make -j1 -C jobs',
    'make -j"$(nproc)" test': 'make -j1 test',
    'MAKEFLAGS=-j4 make test': 'MAKEFLAGS=-j1 make test',
    'cd x && make --jobs=4 test && ninja -j4': 'cd x && make --jobs=1 test && ninja -j4',
    'make -B test-js': 'make -B test-js',
  };
  for (const [command, expected] of Object.entries(calls))
    assert.equal(made(command), `exec 2>&1\n${expected}`);
  assert.equal(made('ninja -j4'), undefined);
});

test('thousands of steps are read in a moment', () => {
  const names = Array.from({ length: 2000 }, (_, index) => `./t${index}`);
  const Makefile = `test:\n${names.map((name) => `\t${name} $(X)\n`).join('')}`;
  const lines = names.flatMap((name) => [`${name} --x`, 'some output: 12', 'ok then']);
  const combined = [
    "Makefile:2: target 'test' does not exist",
    ...lines,
    'make: *** [Makefile:2001: test] Error 1',
  ];
  return inProject({ Makefile }, (root) => {
    const text = combined.join('\n');
    const rest = { stdout: text, stderr: '', combined: text, timedOut: false, reports: [], exitCode: 2 };
    const started = performance.now();
    const report = readOutput({ check: 'test', command: 'make test', root, ...rest });
    assert.ok(performance.now() - started < 10_000);
    assert.equal(namesOf(report).filter((name) => name?.startsWith('step:')).length, 1999);
  });
});

test('a recipe of many variables is looked for in long lines in a moment', () => {
  const Makefile =
    'all:\n\techo begin\n\t$(CC) $(CFLAGS) $(CPPFLAGS) $(LDFLAGS) $(OBJS) $(LIBS) -o prog $$HOME\n';
  const link = `cc ${'-I/a '.repeat(600)}-o prog $HOME`;
  const lines = ["Makefile:2: target 'all' does not exist", 'echo begin', `note: ${link}, or so`, link];
  return inProject({ Makefile }, (root) => {
    const started = performance.now();
    const steps = readSteps(lines.join('\n'), root, true)?.steps ?? [];
    assert.ok(performance.now() - started < 1000);
    assert.deepEqual(
      steps.map(({ text, output }) => [text.length, output.length]),
      [
        ['echo begin'.length, 1],
        [link.length, 0],
      ],
    );
  });
});
