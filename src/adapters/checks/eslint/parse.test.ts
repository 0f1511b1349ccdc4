import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withRecording } from '../test-support/recordings.ts';
import { eslint } from './index.ts';

test('errors are findings, equal ones twice, and warnings are none', () =>
  withRecording('eslint', 'several', (output) => {
    const report = eslint.parse(output) ?? assert.fail();
    assert.deepEqual(
      report.findings.map(({ title, file }) => `${file} ${title}`),
      [
        'src/syntax.js parse-error: Parsing error: Unexpected token ;',
        "src/x.js no-undef: 'nope' is not defined.",
        "src/x.js no-undef: 'nope' is not defined.",
      ],
    );
    assert.equal(report.findings[1]?.id, report.findings[2]?.id);
  }));

test('a file that could not be parsed was not looked at', () =>
  withRecording('eslint', 'several', (output) => {
    assert.deepEqual(eslint.parse(output)?.files, ['eslint.config.js', 'src/fine.js', 'src/x.js']);
  }));

test('warnings count where they alone make it fail', () =>
  withRecording('eslint', 'warnings', (output) => {
    assert.deepEqual(
      eslint.parse(output)?.findings.map(({ title }) => title),
      ['no-var: Unexpected var, use let or const instead.'],
    );
  }));

test('the text for people is read where there is no report', () =>
  withRecording('eslint', 'stylish', (output) => {
    assert.deepEqual(
      eslint.parse(output)?.findings.map(({ title, line }) => [title, line]),
      [
        ['Parsing error: Unexpected token ;', 1],
        ["no-undef: 'nope' is not defined", 1],
        ["no-undef: 'nope' is not defined", 1],
      ],
    );
  }));
