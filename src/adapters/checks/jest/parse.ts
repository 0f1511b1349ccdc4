import type { CheckOutput, ParsedReport } from '../../../ports/check-format.ts';
import { type Fields, fieldsOf, listOf, parseJson, recordsOf, textOf } from '../json.ts';
import { repositoryPath } from '../paths.ts';
import { Tally } from '../tally.ts';
import { escapePattern } from '../text.ts';

/** Reads the report file, or the report on standard output (`jest --json`); null where there is none. */
export function parse(output: CheckOutput): ParsedReport | null {
  const text = output.reports.find(({ name }) => name === 'jest.json')?.text ?? jsonLine(output.stdout);
  const report = text === undefined ? null : fieldsOf(parseJson(text));
  if (report === null || !Array.isArray(report.testResults)) return null;
  const tally = new Tally(output.check);
  for (const suite of recordsOf(listOf(report.testResults))) {
    const file = repositoryPath(output.root, textOf(suite.name) ?? '');
    if (file !== null) tellSuite(tally, file, suite);
  }
  const stopped = output.timedOut || output.exitCode === null || report.wasInterrupted === true;
  const bails = output.exitCode !== 0 && /\s--bail\b/.test(output.command);
  return tally.report({ complete: !stopped && !bails });
}

function jsonLine(stdout: string): string | undefined {
  return stdout.split('\n').find((line) => line.startsWith('{') && line.includes('"testResults":['));
}

/** A file that could not be loaded has no results. */
function tellSuite(tally: Tally, file: string, suite: Fields): void {
  const tests = recordsOf(listOf(suite.assertionResults));
  if (tests.length === 0 && suite.status === 'failed') {
    const message = textOf(suite.message) ?? 'It could not be run.';
    tally.fail({ file, name: file, line: lineIn(message, file), message });
    return;
  }
  tally.pass(file, file);
  for (const test of tests) {
    const titles = [...listOf(test.ancestorTitles), test.title].flatMap((title) => textOf(title) ?? []);
    const name = titles.join(' > ');
    if (test.status === 'passed') tally.pass(file, name);
    else if (test.status === 'failed') {
      const messages = listOf(test.failureMessages).flatMap((text) => textOf(text) ?? []);
      const message = messages.join('\n\n') || 'It failed without a message.';
      tally.fail({ file, name, line: lineIn(message, file), message });
    } else tally.skip(file, name);
  }
}

/** Of the first frame, or the place of a syntax error, in the file itself. */
function lineIn(message: string, file: string): number | null {
  const found = new RegExp(`${escapePattern(file)}:(\\d+)|${escapePattern(file)}: .*\\((\\d+):\\d+\\)`).exec(
    message,
  );
  const line = found?.[1] ?? found?.[2];
  return line === undefined ? null : Number(line);
}
