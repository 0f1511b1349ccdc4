import type { CheckOutput, ParsedReport } from '../../../ports/check-format.ts';
import { searchDirectories } from '../command.ts';
import { repositoryPath } from '../paths.ts';
import { type Diagnostic, Tally } from '../tally.ts';

const plain = /^(?:(.+?)\((\d+),\d+\): )?error (TS\d+): (.*)$/;
const pretty = /^(?:(.+?):(\d+):\d+ - )?error (TS\d+): (.*)$/;

/** Null where the compiler said nothing. With a syntax error anywhere it says nothing about types, which the gate knows. */
export function parse(output: CheckOutput): ParsedReport | null {
  const tally = new Tally(output.check);
  for (const message of readMessages(output)) tally.diagnose(message);
  return tally.isEmpty ? null : tally.report({ complete: !output.timedOut && output.exitCode !== null });
}

function readMessages(output: CheckOutput): Diagnostic[] {
  const bases = searchDirectories(output.root, output.command);
  const messages: Diagnostic[] = [];
  const seen = new Set<string>();
  let current: Diagnostic | null = null;
  for (const line of output.combined.split('\n')) {
    const found = plain.exec(line) ?? pretty.exec(line);
    if (found !== null) {
      const [, path, row, rule = '', text = ''] = found;
      current = null;
      // A project that several others refer to is reported once for each of them.
      if (seen.has(line)) continue;
      seen.add(line);
      const file = path === undefined ? null : repositoryPath(output.root, path, bases);
      current = { file, line: row === undefined ? null : Number(row), rule, message: text, detail: line };
      messages.push(current);
    } else if (current !== null && /^\s{2,}\S/.test(line)) current.detail += `\n${line}`;
    else if (line.trim() !== '' && !/^\d+ /.test(line)) current = null;
  }
  return messages;
}
