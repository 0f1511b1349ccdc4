import type { CheckOutput, ParsedReport } from '../../../ports/check-format.ts';
import { type Fields, numberOf, parseJsonLines, textOf } from '../json.ts';
import { repositoryPath } from '../paths.ts';
import { Tally } from '../tally.ts';

/** Reads what our recorder wrote; null where no unittest ran under it. */
export function parseRecords(output: CheckOutput): ParsedReport | null {
  const reports = output.reports.filter(({ name }) => /^unittest-\d+\.jsonl$/.test(name));
  const rows = reports.flatMap(({ text }) => parseJsonLines(text));
  if (rows.length === 0) return null;
  const tally = new Tally(output.check);
  const files = new Set<string>();
  const failures = new Map<string, Failure>();
  for (const row of rows) {
    const file = repositoryPath(output.root, textOf(row.file) ?? '');
    const name = row.kind === 'file' ? (file ?? textOf(row.module)) : textOf(row.name);
    if (name === null) continue;
    if (file !== null) files.add(file);
    if (row.outcome === 'failed') addFailure(failures, row, { file, name });
    else if (row.outcome === 'skipped') tally.skip(file, name);
    else tally.pass(file, name);
  }
  for (const failure of failures.values()) tally.fail(failure);
  for (const file of files) tally.pass(file, file);
  const stopped = output.timedOut || output.exitCode === null || stopsAtFirst(output);
  return tally.report({ complete: !stopped });
}

interface Failure {
  file: string | null;
  name: string;
  line: number | null;
  message: string;
}

/** A test that fails in several parts (subTest) or in its body and its clean-up is one failing test. */
function addFailure(
  failures: Map<string, Failure>,
  row: Fields,
  unit: { file: string | null; name: string },
) {
  const key = `${unit.file}\0${unit.name}`;
  const message = textOf(row.message) ?? '';
  const known = failures.get(key);
  if (known === undefined) failures.set(key, { ...unit, line: numberOf(row.line), message });
  else known.message = `${known.message.trim()}\n\n${message}`;
}

function stopsAtFirst(output: CheckOutput): boolean {
  return output.exitCode !== 0 && /\s(?:-f|--failfast)\b/.test(output.command);
}
