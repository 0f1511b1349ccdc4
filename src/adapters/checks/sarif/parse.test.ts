import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CheckOutput } from '../../../ports/check-format.ts';
import { inProject } from '../test-support/recordings.ts';
import { sarif } from './index.ts';

const nothing = { check: 'lint', command: 'golangci-lint run', exitCode: 1, timedOut: false };
const files = { 'cmd/a b.go': '', 'cmd/main.go': '' };

/** What a document with these results is read as, with the fields of one run beside them. */
function read(results: object[], rest: { run?: object; exitCode?: number } = {}) {
  const log = { version: '2.1.0', runs: [{ tool: { driver: { name: 'x' } }, results, ...rest.run }] };
  return inProject(files, (root) => {
    const reports = [{ name: 'golangci.sarif', text: JSON.stringify(log) }];
    const output: CheckOutput = { ...nothing, root, stdout: '', stderr: '', combined: '', reports };
    return sarif.parse({ ...output, exitCode: rest.exitCode ?? 1 }) ?? assert.fail();
  });
}

const at = (uri: string, startLine?: number, base?: string): object[] => {
  const artifactLocation = { uri, index: 0, ...(base === undefined ? {} : { uriBaseId: base }) };
  return [{ physicalLocation: { artifactLocation, region: startLine === undefined ? {} : { startLine } } }];
};
const titles = ({ findings }: { findings: { title: string }[] }): string[] =>
  findings.map(({ title }) => title);

// Made by hand after the printer of golangci-lint 2: linters are the rules, severities the levels.
test('what golangci-lint writes (not recorded) is one finding a message, with its linter, file and line', async () => {
  const report = await read([
    {
      ruleId: 'errcheck',
      level: 'error',
      message: { text: 'Error return value of `f` is not checked' },
      locations: at('cmd/main.go', 7),
    },
    {
      ruleId: 'unused',
      level: 'error',
      message: { text: 'func `g` is unused\nand more' },
      locations: at('cmd/a%20b.go', 3),
    },
  ]);
  assert.deepEqual(
    report.findings.map(({ title, file, line, kind }) => [title, file, line, kind]),
    [
      ['errcheck: Error return value of `f` is not checked', 'cmd/main.go', 7, 'diagnostic'],
      ['unused: func `g` is unused', 'cmd/a b.go', 3, 'diagnostic'],
    ],
  );
  assert.equal(report.complete, true);
});

test('what was suppressed, is gone or is fine is no finding, and remarks count only where nothing graver does', async () => {
  const one = (text: string, rest: object): object => ({ message: { text }, ...rest });
  const results = [
    one('suppressed', { level: 'error', suppressions: [{ kind: 'inSource' }] }),
    one('gone', { level: 'error', baselineState: 'absent' }),
    one('fine', { kind: 'pass' }),
    one('note', { level: 'note' }),
    one('warning', {}),
  ];
  assert.deepEqual(titles(await read(results)), ['warning']);
  assert.deepEqual(titles(await read(results.slice(0, 4))), ['note']);
  assert.deepEqual(titles(await read([...results, one('error', { level: 'error' })])), ['error']);
  assert.deepEqual(titles(await read(results, { exitCode: 0 })), []);
});

test('levels and texts may stand in the rules, and paths in bases', async () => {
  const rule = {
    id: 'R1',
    defaultConfiguration: { level: 'error' },
    messageStrings: { unused: { text: '{0} is unused in {1}' } },
  };
  const report = await read(
    [
      { message: { text: 'only a warning' } },
      {
        ruleId: 'R1',
        ruleIndex: 0,
        message: { id: 'unused', arguments: ['x'] },
        locations: at('main.go', 2, 'SRC'),
      },
    ],
    { run: { tool: { driver: { rules: [rule] } }, originalUriBaseIds: { SRC: { uri: 'cmd/' } } } },
  );
  assert.deepEqual(
    report.findings.map(({ title, file, line }) => [title, file, line]),
    [['R1: x is unused in {1}', 'cmd/main.go', 2]],
  );
});

test('a tool that says it did not get through is not complete', async () => {
  const report = await read([], { run: { invocations: [{ executionSuccessful: false }] } });
  assert.equal(report.complete, false);
});

test('other JSON is not taken for it', () =>
  inProject({}, (root) => {
    const rest = { ...nothing, root, stderr: '', combined: '', reports: [] };
    for (const stdout of ['{"runs":[]}', '{"version":"2.1.0","runs":{}}', '{ "runs"', '[]'])
      assert.equal(sarif.parse({ ...rest, stdout }), null, stdout);
  }));

test('golangci-lint writes it beside its text, unless the command asks for reports itself', () => {
  const made = (command: string) =>
    sarif.instrument({ check: 'lint', command, resolved: command, root: '/', reportDir: '/r' })?.command;
  assert.equal(
    made('golangci-lint run ./...'),
    'golangci-lint run ./... --output.text.path=stdout --output.sarif.path=/r/golangci.sarif',
  );
  for (const other of ['golangci-lint run --output.json.path=x', 'golangci-lint fmt', 'eslint .'])
    assert.equal(made(other), undefined, other);
});
