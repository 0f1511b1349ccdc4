import type { CheckOutput, ParsedReport } from '../../../ports/check-format.ts';
import { resolveCommand, searchDirectories } from '../command.ts';
import { repositoryPath } from '../paths.ts';
import { type Diagnostic, Tally } from '../tally.ts';

const plain = /^(?:(.+?)\((\d+),\d+\): )?error (TS\d+): (.*)$/;
const pretty = /^(?:(.+?):(\d+):\d+ - )?error (TS\d+): (.*)$/;
const syntaxStep = 'step:tsc: syntax';

interface Message extends Diagnostic {
  rule: string;
}

/** Null where the compiler said nothing and nothing shows that it ran. */
export function parse(output: CheckOutput): ParsedReport | null {
  const messages = readMessages(output);
  const tally = new Tally(output.check);
  for (const message of messages) tally.diagnose(message);
  if (messages.length === 0) {
    const ran = output.exitCode === 0 && /\b(?:vue-)?tsc\b/.test(resolveCommand(output.root, output.command));
    if (!ran) return null;
    tally.pass(null, syntaxStep);
    return tally.report();
  }
  // With a syntax error anywhere the compiler does not look at types at all.
  const onlySyntax = messages.every(({ rule }) => /^TS1\d{3}$/.test(rule));
  if (!onlySyntax) tally.pass(null, syntaxStep);
  const report = tally.report({ complete: !onlySyntax && !output.timedOut && output.exitCode !== null });
  if (!onlySyntax) return report;
  const step = tally.idOf(null, syntaxStep);
  return { ...report, findings: report.findings.map((finding) => ({ ...finding, step })) };
}

function readMessages(output: CheckOutput): Message[] {
  const bases = searchDirectories(output.root, output.command);
  const messages: Message[] = [];
  const seen = new Set<string>();
  let current: Message | null = null;
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
