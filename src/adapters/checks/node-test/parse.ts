import type { CheckOutput, ParsedReport } from '../../../ports/check-format.ts';
import { type Fields, numberOf, parseJsonLines, textOf } from '../json.ts';
import { repositoryPath } from '../paths.ts';
import { Tally } from '../tally.ts';

interface Unit {
  file: string | null;
  name: string;
}

interface Reading {
  output: CheckOutput;
  tally: Tally;
  /** Names of the suites and tests around the current one, by depth. */
  path: string[];
  /** Files that were run; one that failed as a whole is a finding under the same id. */
  files: Set<string>;
  /** Cancelled tests, until it is known whether what is around them is to blame. */
  cancelled: { depth: number; unit: Unit; row: Fields }[];
}

/** Reads what our reporter wrote; null where no runner used it. */
export function parse(output: CheckOutput): ParsedReport | null {
  const reports = output.reports.filter(({ name }) => /^node-test-\d+\.jsonl$/.test(name));
  if (reports.length === 0) return null;
  const tally = new Tally(output.check);
  const files = new Set<string>();
  for (const { text } of reports) {
    const reading: Reading = { output, tally, path: [], files, cancelled: [] };
    for (const row of parseJsonLines(text)) readRow(reading, row);
    blameCancelled(reading, -1);
  }
  for (const file of files) tally.pass(file, file);
  return tally.isEmpty ? null : tally.report({ complete: !output.timedOut && output.exitCode !== null });
}

function readRow(reading: Reading, row: Fields): void {
  const name = textOf(row.name);
  const depth = numberOf(row.nesting) ?? 0;
  if (name === null || depth < 0 || depth > 1000) return;
  reading.path.length = Math.min(reading.path.length, depth);
  const names = [...reading.path, name];
  if (row.type === 'start') {
    reading.path.push(name);
    return;
  }
  const { root } = reading.output;
  const file = repositoryPath(root, textOf(row.file) ?? '');
  if (file !== null && depth === 0 && repositoryPath(root, name) === file) readFile(reading, row, file);
  else readTest(reading, row, { unit: { file, name: names.join(' > ') }, depth });
}

/** The runner reports the file itself where it holds no test or did not end well. */
function readFile(reading: Reading, row: Fields, file: string): void {
  reading.files.add(file);
  if (row.type !== 'fail') return;
  const exitCode = numberOf(row.exitCode);
  const message = [
    `${file} ended with exit code ${exitCode ?? 'unknown'} before all of its tests had a result.`,
    textOf(row.output) ?? '',
    textOf(row.message) ?? '',
  ];
  reading.tally.fail({ file, name: file, line: null, message: message.join('\n').trim() });
}

function readTest(reading: Reading, row: Fields, place: { unit: Unit; depth: number }): void {
  const { tally } = reading;
  const { unit, depth } = place;
  const { file, name } = unit;
  if (file !== null) reading.files.add(file);
  if (row.failure === 'cancelledByParent') {
    reading.cancelled.push({ ...place, row });
    return;
  }
  if (row.failure === 'subtestsFailed') blameCancelled(reading, depth);
  else reading.cancelled = reading.cancelled.filter((test) => test.depth <= depth);
  if (row.skip === true || row.todo === true) tally.skip(file, name);
  // A container is judged by its own code and hooks, its tests by theirs.
  else if (row.type === 'pass' || row.failure === 'subtestsFailed') tally.pass(file, name);
  else failTest(reading, unit, row);
}

/** Tests below `depth` were cancelled by themselves (they never end): nothing around them failed by its own fault. */
function blameCancelled(reading: Reading, depth: number): void {
  for (const test of reading.cancelled) if (test.depth > depth) failTest(reading, test.unit, test.row);
  reading.cancelled = reading.cancelled.filter((test) => test.depth <= depth);
}

function failTest(reading: Reading, { file, name }: Unit, row: Fields): void {
  const message = textOf(row.message) ?? '';
  const line = lineIn(message, reading.output.root, file) ?? numberOf(row.line);
  const shown = message === '' ? 'It failed without a message.' : message;
  reading.tally.fail({ file, name, line, message: shown });
}

/** Line of the innermost stack frame in the test's own file. */
function lineIn(stack: string, root: string, file: string | null): number | null {
  if (file === null) return null;
  for (const frame of stack.matchAll(/^\s+at (?:.*\()?(.+?):(\d+):\d+\)?$/gm)) {
    if (repositoryPath(root, frame[1] ?? '') === file) return Number(frame[2]);
  }
  return null;
}
