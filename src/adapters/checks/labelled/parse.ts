import { join } from 'node:path';
import { normaliseMessage } from '../../../domain/finding.ts';
import type { CheckOutput, ParsedReport } from '../../../ports/check-format.ts';
import { resolveCommand } from '../command.ts';
import { existingPath, readText } from '../paths.ts';
import { segmentsOf, wordsOf } from '../shell-text.ts';
import { asOneStep } from '../one-step.ts';
import { Tally } from '../tally.ts';

type Outcome = 'passed' | 'failed' | 'skipped';

interface Labelled {
  outcome: Outcome;
  name: string;
  message: string;
}

const label =
  /^\s{0,4}(?:\[\s*)?(PASS(?:ED)?|OK|ok|FAIL(?:ED)?|SKIP(?:PED)?|XFAIL|XPASS)(?:\s*\])?:? +(\S.*)$/;
const goTest = /^\s*--- (PASS|FAIL|SKIP): (\S+)/;
const cargoTest = /^test (\S.*?) \.\.\. (ok|FAILED|ignored)\b/;
const symbol = /^\s*([✓✔✖✗✘×﹣])\s+(\S.*)$/;

/** Lines that name a test and its outcome: `FAIL name`, `ok` of gtest, go and cargo, ticks and crosses. */
export function parse(output: CheckOutput): ParsedReport | null {
  const found = labelledLines(output.combined.split('\n'));
  if (!found.some(({ outcome }) => outcome === 'failed') && output.exitCode !== 0) return null;
  if (found.length === 0) return null;
  const tally = new Tally(output.check);
  const told = new Set<string>();
  const scripts = found.some(({ outcome }) => outcome === 'failed') ? scriptsIn(output) : [];
  for (const { outcome, name, message } of found) {
    const file = existingPath(output.root, name);
    const unit = file ?? name;
    if (outcome === 'skipped') tally.skip(file, unit);
    else if (outcome === 'passed') tally.pass(file, unit);
    else if (!told.has(unit)) {
      told.add(unit);
      const place = file === null ? placeIn(scripts, name) : null;
      const shown = { shownFile: place?.file ?? null, line: place?.line ?? null };
      tally.fail({ file, name: unit, message, ...shown });
    }
  }
  const report = tally.report({
    complete: !output.timedOut && output.exitCode !== null && !endsInFailure(found),
  });
  return asOneStep(report, output.check);
}

/** The only failure is the last word: the tests behind it may not have run. */
function endsInFailure(found: readonly Labelled[]): boolean {
  const failed = new Set(found.flatMap(({ outcome, name }) => (outcome === 'failed' ? [name] : [])));
  return failed.size === 1 && found.at(-1)?.outcome === 'failed';
}

function labelledLines(lines: readonly string[]): Labelled[] {
  const found: Labelled[] = [];
  let since = 0;
  for (let i = 0; i < lines.length; i++) {
    const read = readLine(lines[i] ?? '');
    if (read === null) continue;
    // What a program says about a failure stands before its line or after it.
    const previous = found.at(-1);
    const between = lines.slice(since, i);
    if (previous?.outcome === 'failed') previous.message += `\n${between.slice(0, 40).join('\n')}`;
    const before = read.outcome === 'failed' ? between.slice(-40) : [];
    found.push({ ...read, message: [...before, lines[i] ?? ''].join('\n') });
    since = i + 1;
  }
  const last = found.at(-1);
  if (last?.outcome === 'failed') last.message += `\n${lines.slice(since, since + 40).join('\n')}`;
  return found;
}

function readLine(line: string): { outcome: Outcome; name: string } | null {
  if (line.length > 1000) return null;
  const cargo = cargoTest.exec(line);
  if (cargo !== null) return { outcome: outcomeOf(cargo[2] ?? ''), name: cargo[1] ?? '' };
  const found = goTest.exec(line) ?? label.exec(line) ?? symbol.exec(line);
  const name = nameIn(normaliseMessage(found?.[2] ?? ''));
  return found === null || name === null ? null : { outcome: outcomeOf(found[1] ?? ''), name };
}

function outcomeOf(word: string): Outcome {
  if (/^(?:SKIP|XFAIL|ignored|﹣)/.test(word)) return 'skipped';
  return /^(?:PASS|OK|ok|✓|✔)/.test(word) ? 'passed' : 'failed';
}

/** pnpm's own word for what a script of a package said before. */
const lastWord = /^"pnpm [\w ]+" failed in\b/;

/** Reasons and durations are not part of a name; a number in front or a colon at the end makes it a summary. */
function nameIn(text: string): string | null {
  if (text.trimEnd().endsWith(':') || lastWord.test(text)) return null;
  const name = (text.split(/:\s| - | -- | => | \(|\t|\s\.\.\.|\s{3,}/)[0] ?? '')
    .replace(/[\s:.]+$/, '')
    .trim();
  return /^[\w./@<"'#[]/.test(name) && !/^\d+\s/.test(name) && !/^\d+$/.test(name) ? name : null;
}

interface Script {
  file: string;
  lines: string[];
}

/** Files of the project that the command names: where a sequence of tests is written down. */
function scriptsIn(output: CheckOutput): Script[] {
  // A script is replaced by its text when it is resolved: its name stands in one of the levels before.
  const levels = [0, 1, 2, 3].map((count) => resolveCommand(output.root, output.command, count));
  const words = levels.flatMap((text) => segmentsOf(text).flatMap((segment) => wordsOf(segment.text)));
  const files = [...new Set(words.flatMap((word) => existingPath(output.root, word) ?? []))];
  return files.slice(0, 5).map((file) => ({ file, lines: readText(join(output.root, file)).split('\n') }));
}

/** The place in such a file tells which of two failures comes first. */
function placeIn(scripts: readonly Script[], name: string): { file: string; line: number } | null {
  for (const { file, lines } of scripts) {
    const index = lines.findIndex((line) => line.includes(name));
    if (index >= 0) return { file, line: index + 1 };
  }
  return null;
}
