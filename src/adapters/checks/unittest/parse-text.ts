import type { CheckOutput, ParsedReport } from '../../../ports/check-format.ts';
import { searchDirectories } from '../command.ts';
import { existingPath } from '../paths.ts';
import { asOneStep } from '../one-step.ts';
import { Tally } from '../tally.ts';

interface Unit {
  file: string | null;
  name: string;
}

/** Where module names are looked up. */
interface Place {
  root: string;
  bases: readonly string[];
}

const bar = /^={70}$/;
const rule = /^-{70}$/;
/** `test_x (pkg.module.Class.test_x)`, before Python 3.11 `test_x (pkg.module.Class)`. */
const header = /^(ERROR|FAIL|UNEXPECTED SUCCESS): (.+)$/;
const listed = /^([\w.]+ \([\w.]+\))(?: \(.*\)| \[.*\])?(?: \.\.\. (.*))?$/;

/** Reads what unittest prints; tests that pass are named there only with `-v`. Null where it did not run. */
export function parseText(output: CheckOutput): ParsedReport | null {
  const text = output.combined;
  if (!/^Ran \d+ tests? in /m.test(text)) return null;
  const lines = text.split('\n');
  const tally = new Tally(output.check);
  const searched = [...searchDirectories(output.root, output.command), 'tests', 'test', 'src', 'lib'];
  const place: Place = { root: output.root, bases: searched };
  const failed = new Set<string>();
  const files = new Set<string>();
  const ran = new Map<string, Unit>();
  readFailures(lines, (title, message) => {
    const unit = unitOf(place, title);
    const key = `${unit.file}\0${unit.name}`;
    if (!failed.has(key)) tally.fail({ ...unit, line: lineOf(message, unit.file), message });
    failed.add(key);
  });
  readListed(lines, (title, outcome) => {
    const unit = unitOf(place, title);
    if (unit.file !== null) files.add(unit.file);
    if (unit.name !== unit.file && !/\.(?:setUp|tearDown)(?:Class|Module)$/.test(unit.name))
      ran.set(unit.name, unit);
    if (outcome.startsWith('skipped')) tally.skip(unit.file, unit.name);
    else if (/^(?:ok|expected failure)\b/.test(outcome)) tally.pass(unit.file, unit.name);
  });
  // A class whose tests ran was set up, and torn down where nothing else is said.
  for (const { file, name } of ran.values()) {
    for (const hook of ['setUpClass', 'tearDownClass']) {
      const unit = `${name.split('.').slice(0, -1).join('.')}.${hook}`;
      tally.pass(file, unit);
    }
  }
  for (const file of files) tally.pass(file, file);
  const stopped = output.timedOut || output.exitCode === null || /\s(?:-f|--failfast)\b/.test(output.command);
  return asOneStep(tally.report({ complete: output.exitCode === 0 || !stopped }), output.check);
}

function readFailures(lines: readonly string[], tell: (title: string, message: string) => void): void {
  for (let i = 0; i + 1 < lines.length; i++) {
    const title = bar.test(lines[i] ?? '') ? header.exec(lines[i + 1] ?? '') : null;
    if (title === null) continue;
    if (title[1] === 'UNEXPECTED SUCCESS') {
      tell(title[2] ?? '', 'It was expected to fail, and passed.');
      continue;
    }
    let end = i + 2;
    if (rule.test(lines[end] ?? '')) end++;
    else end = skipDescription(lines, end);
    const start = end;
    while (end < lines.length && !bar.test(lines[end] ?? '') && !rule.test(lines[end] ?? '')) end++;
    tell(title[2] ?? '', lines.slice(start, end).join('\n').trim());
    i = end - 1;
  }
}

/** The first line of a test's docstring stands between its name and the rule. */
function skipDescription(lines: readonly string[], from: number): number {
  for (let i = from; i < from + 3; i++) if (rule.test(lines[i] ?? '')) return i + 1;
  return from;
}

/** A docstring puts the outcome on the next line; output of the test may stand between the name and the outcome. */
function readListed(lines: readonly string[], tell: (title: string, outcome: string) => void): void {
  let waiting: string | null = null;
  for (const line of lines) {
    if (bar.test(line)) return;
    const match = listed.exec(line);
    if (match !== null) {
      waiting = null;
      if (outcomeOf(match[2]) !== null) tell(match[1] ?? '', outcomeOf(match[2]) ?? '');
      else waiting = match[1] ?? null;
    } else if (waiting !== null) {
      const outcome = outcomeOf(
        /(?:^|\.\.\. |^.*\s)(ok|FAIL|ERROR|skipped .*|expected failure)$/.exec(line)?.[1],
      );
      if (outcome === null) continue;
      tell(waiting, outcome);
      waiting = null;
    }
  }
}

function outcomeOf(text: string | undefined): string | null {
  return text !== undefined && /^(?:ok|FAIL|ERROR|skipped|expected failure|unexpected success)\b/.test(text)
    ? text
    : null;
}

function unitOf(place: Place, title: string): Unit {
  const match = /^(\S+) \(([\w.]+)\)/.exec(title);
  if (match === null) return { file: null, name: title };
  const method = match[1] ?? '';
  const owner = match[2] ?? '';
  if (owner.startsWith('unittest.loader.')) {
    const module = method.includes('.') ? method : owner.split('.').slice(3).join('.') || method;
    const file = moduleFile(place, module.split('.'))?.file ?? null;
    return { file, name: file ?? module };
  }
  const parts = owner.split('.');
  if (parts.at(-1) === method) parts.pop();
  const found = moduleFile(place, parts);
  const rest = found === null ? parts : parts.slice(found.length);
  return { file: found?.file ?? null, name: [...rest, method].join('.') };
}

/** The longest beginning of a dotted name that is a module below `root`. */
function moduleFile(place: Place, parts: readonly string[]): { file: string; length: number } | null {
  const { root, bases } = place;
  for (let length = parts.length; length > 0; length--) {
    const path = parts.slice(0, length).join('/');
    const file = existingPath(root, `${path}.py`, bases) ?? existingPath(root, `${path}/__init__.py`, bases);
    if (file !== null) return { file, length };
  }
  return null;
}

/** Of the last frame in the test's file. */
function lineOf(message: string, file: string | null): number | null {
  let line: number | null = null;
  for (const frame of message.matchAll(/File "([^"]+)", line (\d+)/g)) {
    if (file !== null && (frame[1] ?? '').endsWith(file)) line = Number(frame[2]);
  }
  return line;
}
