import type { CheckOutput, ParsedReport } from '../../../ports/check-format.ts';
import { searchDirectories } from '../command.ts';
import { existingPath } from '../paths.ts';
import { Tally } from '../tally.ts';

interface Program {
  /** Two programs of a package may have the name of the package: its source stands beside it. */
  name: string;
  file: string | null;
  binary: string;
}

interface Reading {
  output: CheckOutput;
  bases: readonly string[];
  tally: Tally;
  /** The test program whose tests follow. */
  program: Program;
  /** It began to run tests and has not said how that ended. */
  open: boolean;
  /** A test program died: what it did not come to is hidden. */
  died: boolean;
  failed: { name: string; program: Program; message: string[] }[];
}

const starts =
  /^\s+(?:Running (?:unittests )?(\S+) \((?:.*\/)?([\w-]+?)(?:-[0-9a-f]{16})?(?:\.exe)?\)|Doc-tests (\S+))$/;
const result = /^test (\S.*?)(?: - should panic)? \.\.\. (ok|FAILED|ignored)\b/;
const running = /^running \d+ tests?$/;
/** Also of `cargo build` and `cargo clippy`. */
const built = /^ +Finished [`\w].*\[.*\] target\(s\) in /;
const section = /^---- (\S.*?) std(?:out|err) ----$/;

/** null where cargo did neither run a test nor say that something does not compile. */
export function parse(output: CheckOutput): ParsedReport | null {
  const lines = output.combined.split('\n');
  const compiles = !lines.some((line) => line.startsWith('error: could not compile `'));
  if (compiles && !lines.some((line) => running.test(line) || built.test(line))) return null;
  const reading: Reading = {
    output,
    bases: searchDirectories(output.root, output.command),
    tally: new Tally(output.check),
    program: { name: 'tests', file: null, binary: '' },
    open: false,
    died: false,
    failed: [],
  };
  const complete = compiles ? readTests(reading, lines) : readMessages(reading, lines);
  if (reading.tally.isEmpty) return null;
  const report = reading.tally.report({ complete: complete || output.exitCode === 0 });
  return compiles ? report : asStep(reading.tally, report);
}

/** Whether nothing is hidden behind a failure. */
function readTests(reading: Reading, lines: readonly string[]): boolean {
  const { output, tally } = reading;
  tally.pass(null, compiling);
  let message: string[] | null = null;
  for (const line of lines) message = readLine(reading, line, message);
  endProgram(reading);
  for (const failure of reading.failed) tellFailure(reading, failure);
  const goesOn = reading.failed.length === 0 || keepsGoing(output.command);
  return !output.timedOut && output.exitCode !== null && !reading.died && goesOn;
}

function readMessages(reading: Reading, lines: readonly string[]): false {
  for (const [index, line] of lines.entries()) diagnose(reading, line, lines.slice(index + 1, index + 40));
  return false;
}

const compiling = 'step:compile';

/** No test runs before everything compiles: that is a step, seen to pass once it does. */
function asStep(tally: Tally, report: ParsedReport): ParsedReport {
  const step = tally.idOf(null, compiling);
  return { ...report, findings: report.findings.map((finding) => ({ ...finding, step })) };
}

/** Whether the command as we run it goes on behind the first program that fails. */
function keepsGoing(command: string): boolean {
  return /--no-fail-fast\b/.test(command) || !/\s--(?:\s|$)/.test(command);
}

/** The message of a failed test that the next lines belong to. */
function readLine(reading: Reading, line: string, message: string[] | null): string[] | null {
  const started = starts.exec(line);
  if (started !== null) {
    endProgram(reading);
    reading.program = programOf(reading, started);
    return null;
  }
  if (running.test(line)) reading.open = true;
  if (line.startsWith('test result: ')) {
    reading.open = false;
    reading.tally.pass(null, reading.program.name);
  }
  const told = result.exec(line);
  if (told !== null) return tellTest(reading, withoutLine(told[1] ?? ''), told[2] ?? '');
  const begun = section.exec(line);
  if (begun !== null) return sectionOf(reading, withoutLine(begun[1] ?? ''));
  if (/^(?:failures:|test result: |error: )/.test(line)) return null;
  message?.push(line);
  return message;
}

function programOf({ output, bases }: Reading, [, path, binary, documented]: RegExpExecArray): Program {
  if (path === undefined) return { name: `doc-tests of ${documented ?? ''}`, file: null, binary: '' };
  const name = `${binary ?? ''} ${path}`;
  return { name, file: existingPath(output.root, path, bases), binary: binary ?? '' };
}

/** Documentation tests are named by the place where they stand. */
function withoutLine(name: string): string {
  return name.replace(/ \(line \d+\)$/, '');
}

function tellTest(reading: Reading, name: string, outcome: string): null {
  const { program } = reading;
  const unit = `${program.name}: ${name}`;
  if (outcome === 'ok') reading.tally.pass(null, unit);
  else if (outcome === 'ignored') reading.tally.skip(null, unit);
  else reading.failed.push({ name, program, message: [] });
  return null;
}

function sectionOf(reading: Reading, name: string): string[] | null {
  const found = reading.failed.find((test) => test.name === name && test.program === reading.program);
  return found?.message ?? null;
}

/** One that ended without its last line was killed, by an abort for example. */
function endProgram(reading: Reading): void {
  if (!reading.open) return;
  reading.open = false;
  reading.died = true;
  const { name, file, binary } = reading.program;
  const told = reading.output.combined
    .split('\n')
    .filter((line) => line.includes(`/${binary}-`) && line.includes('successfully'));
  const message = [`The test program ${name} died before its last test.`, ...told].join('\n');
  reading.tally.fail({ file: null, name, line: null, message, shownFile: file });
}

function tellFailure(reading: Reading, failure: Reading['failed'][number]): void {
  const { name, program } = failure;
  const message = failure.message.join('\n').trim() || 'It failed without a message.';
  const place = placeIn(reading, message);
  reading.tally.fail({
    file: null,
    name: `${program.name}: ${name}`,
    title: name,
    message,
    shownFile: place?.file ?? program.file,
    line: place?.line ?? null,
  });
}

/** Where it panicked; in a frame of the project where that was in somebody else's code. */
function placeIn(reading: Reading, message: string): { file: string; line: number } | null {
  for (const [, path = '', line = ''] of message.matchAll(
    /(?:^|[\s,])\.?\/?([\w./-]{1,300}\.rs):(\d+):\d+/gm,
  )) {
    const file = existingPath(reading.output.root, path, reading.bases);
    if (file !== null) return { file, line: Number(line) };
  }
  return null;
}

/** `error[E0425]: message`, then `--> file:line:column` and an excerpt, up to an empty line. */
function diagnose(reading: Reading, line: string, following: readonly string[]): void {
  const found = /^error(?:\[(\w+)\])?: (.+)$/.exec(line);
  if (found === null || /^(?:could not compile|aborting due to|test failed)/.test(found[2] ?? '')) return;
  const end = following.indexOf('');
  const block = following.slice(0, end < 0 ? following.length : end);
  const place = /^\s*--> ([^:\n]+):(\d+):\d+$/m.exec(block.join('\n'));
  if (place === null) return;
  reading.tally.diagnose({
    file: existingPath(reading.output.root, place[1] ?? '', reading.bases),
    line: Number(place[2]),
    rule: found[1] ?? null,
    message: found[2] ?? '',
    detail: [line, ...block].join('\n'),
  });
}
