import type { CheckOutput, ParsedReport } from '../../../ports/check-format.ts';
import { type Fields, listOf, numberOf, parseJson, recordsOf, textOf } from '../json.ts';
import { existingPath, repositoryPath } from '../paths.ts';
import { type Diagnostic, Tally } from '../tally.ts';

interface Message extends Diagnostic {
  isError: boolean;
}

/** Reads the JSON report, or JSON or the usual text on standard output; null where eslint said nothing. */
export function parse(output: CheckOutput): ParsedReport | null {
  const report = output.reports.find(({ name }) => name === 'eslint.json')?.text;
  const results = resultsIn(report ?? jsonLine(output.stdout));
  if (results === null) return parseStylish(output);
  const files: string[] = [];
  const messages = results.flatMap((result) => {
    const file = repositoryPath(output.root, textOf(result.filePath) ?? '');
    const found = recordsOf(listOf(result.messages)).flatMap((message) => messageOf(file, message) ?? []);
    // A file that cannot be parsed was not looked at: its other messages are hidden.
    if (file !== null && numberOf(result.fatalErrorCount) !== 1) files.push(file);
    return found;
  });
  return tallied(output, messages).report({ files });
}

/** Warnings count only where they are what made it fail (`--max-warnings`). */
function tallied(output: CheckOutput, messages: readonly Message[]): Tally {
  const tally = new Tally(output.check);
  const errors = messages.filter(({ isError }) => isError);
  const counted = errors.length === 0 && output.exitCode !== 0 ? messages : errors;
  for (const message of counted) tally.diagnose(message);
  return tally;
}

function resultsIn(text: string | undefined): Fields[] | null {
  const value = text === undefined ? undefined : parseJson(text);
  if (!Array.isArray(value)) return null;
  const results = recordsOf(value);
  return results.every(({ filePath, messages }) => typeof filePath === 'string' && Array.isArray(messages))
    ? results
    : null;
}

function jsonLine(stdout: string): string | undefined {
  return stdout.split('\n').find((line) => line.startsWith('[{"filePath":'));
}

function messageOf(file: string | null, message: Fields): Message | null {
  const text = textOf(message.message);
  if (text === null) return null;
  const line = numberOf(message.line);
  const rule = textOf(message.ruleId) ?? (message.fatal === true ? 'parse-error' : null);
  const place = `${file ?? ''}:${line ?? 0}:${numberOf(message.column) ?? 0}`;
  const isError = message.severity === 2;
  return {
    file,
    line,
    rule,
    message: text,
    detail: `${place}: ${text}${rule === null ? '' : ` (${rule})`}`,
    isError,
  };
}

/** The text for people: a file's path on a line of its own, its messages indented below. */
function parseStylish(output: CheckOutput): ParsedReport | null {
  if (!/^✖ \d+ problems? \(/m.test(output.combined)) return null;
  const messages: Message[] = [];
  let file: string | null = null;
  for (const line of output.combined.split('\n')) {
    const found = /^\s+(\d+):(\d+)\s+(error|warning)\s+(.+?)(?:\s{2,}([\w@/-]+))?\s*$/.exec(line);
    if (found === null) {
      if (/^\S/.test(line)) file = existingPath(output.root, line);
    } else if (file !== null) {
      const [, row = '', column = '', severity, text = '', rule = null] = found;
      const detail = `${file}:${row}:${column}: ${text}${rule === null ? '' : ` (${rule})`}`;
      messages.push({ file, line: Number(row), rule, message: text, detail, isError: severity === 'error' });
    }
  }
  return messages.length === 0 ? null : tallied(output, messages).report();
}
