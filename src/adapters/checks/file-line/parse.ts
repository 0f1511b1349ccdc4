import type { CheckOutput, ParsedReport } from '../../../ports/check-format.ts';
import { searchDirectories } from '../command.ts';
import { existingPath } from '../paths.ts';
import { type Diagnostic, Tally } from '../tally.ts';

interface Message extends Diagnostic {
  severity: 'error' | 'warning';
}

const general = /^(?:[\w./+-]+: )?([^:\n]{1,500}?):(\d+)(?::(\d+))?(?::|\s-|(?=\s[\w-]+\/))\s*(\S.*)$/;
const arrow = /^\s*--> ([^:\n]+):(\d+):\d+$/;
const assertion = /^(?:\S+: )?([^:\n]+):(\d+): (?:[^\n]*?: )?Assertion [`'"](.*)['"] failed\.?$/;
const assertionOfMac = /^Assertion failed: \((.*)\), function .*, file (.+), line (\d+)\.$/;
const quiet = /^(?:note|info|remark|help|hint|In file included)\b/i;
/** Lines of stack traces, of make's own tracing, and of source excerpts. */
const noMessage = /^(?:in \S+$|(?:update )?target '|\*\*\*|from |instantiated )/;

/** `file:line[:column]: message`, as most compilers and linters print it. Null where there is no such line. */
export function parse(output: CheckOutput): ParsedReport | null {
  const bases = searchDirectories(output.root, output.command);
  const tally = new Tally(output.check);
  for (const message of messagesIn(output.combined.split('\n'), {
    root: output.root,
    bases,
    exitCode: output.exitCode,
  })) {
    tally.diagnose(message);
  }
  const stopped =
    output.timedOut || output.exitCode === null || /^g?make(?:\[\d+\])?: \*\*\* /m.test(output.combined);
  return tally.failures === 0 ? null : tally.report({ complete: !stopped });
}

interface Place {
  root: string;
  bases: readonly string[];
  exitCode: number | null;
}

/** Errors; warnings only where nothing else explains the failure. */
export function messagesIn(lines: readonly string[], place: Place): Diagnostic[] {
  const messages = lines.flatMap((line, i) => messageOf(line, lines[i - 1] ?? '', place) ?? []);
  const errors = messages.filter(({ severity }) => severity === 'error');
  return errors.length === 0 && place.exitCode !== 0 ? messages : errors;
}

function messageOf(line: string, before: string, place: Place): Message | null {
  if (line.length > 2000) return null;
  const at = (path: string | undefined): string | null => existingPath(place.root, path ?? '', place.bases);
  const assert = assertion.exec(line);
  const assertFile = at(assert?.[1]);
  if (assert !== null && assertFile !== null)
    return asserted(assertFile, assert[2], { text: assert[3], line });
  const mac = assertionOfMac.exec(line);
  const macFile = at(mac?.[2]);
  if (mac !== null && macFile !== null) return asserted(macFile, mac[3], { text: mac[1], line });
  const pointed = arrow.exec(line);
  const pointedFile = at(pointed?.[1]);
  if (pointed !== null && pointedFile !== null) {
    const detail = `${before.trim()}\n${line.trim()}`;
    return judged(before.trim(), { file: pointedFile, line: Number(pointed[2]), detail });
  }
  const found = general.exec(line);
  const text = found?.[4] ?? '';
  if (found === null || noMessage.test(text)) return null;
  const file = at(found[1]);
  return file === null ? null : judged(text, { file, line: Number(found[2]), detail: line.trim() });
}

function asserted(
  file: string,
  row: string | undefined,
  rest: { text: string | undefined; line: string },
): Message {
  const message = `assertion failed: ${rest.text ?? ''}`;
  return { file, line: Number(row), rule: null, message, detail: rest.line, severity: 'error' };
}

/** Takes severity and rule out of a message; null where it only explains another one. */
function judged(text: string, place: { file: string; line: number; detail: string }): Message | null {
  if (quiet.test(text)) return null;
  const severity =
    /^\W*(?:warning|warn|style|convention|refactor|W:)\b/i.test(text) || /\[Warning[/\]]/.test(text);
  const message = text.replace(/^(?:fatal )?(?:error|warning|warn)(?:\[(\w+)\])?:\s*/i, (_, code) =>
    code ? `${code} ` : '',
  );
  const rule = ruleOf(message);
  // Ruff marks what it could mend itself.
  const rest = (rule === null ? message : message.replace(rule.shown, ' ')).replace(/^\s*\[\*\] /, '');
  const severe = severity ? 'warning' : 'error';
  return {
    ...place,
    rule: rule?.name ?? null,
    message: rest.replace(/\s+/g, ' ').trim() || message,
    severity: severe,
  };
}

function ruleOf(message: string): { name: string; shown: string } | null {
  const found =
    /\s*\[(?:Error\/|Warning\/)?([\w@/.,=()+-]+)\]\s*$/.exec(message) ??
    /^([A-Z]{1,5}\d{2,5})\b:?\s+/.exec(message) ??
    /^((?:lint|assist|format|parse)\/[\w/-]+)\s*/.exec(message) ??
    /\s\(([a-z][\w-]*-[\w-]+|report[A-Z]\w+|[A-Z]{1,3}\d{3,5})\)\s*$/.exec(message);
  return found === null ? null : { name: found[1] ?? '', shown: found[0] };
}
