import { posix } from 'node:path';
import type { CheckOutput, ParsedReport } from '../../../ports/check-format.ts';
import { type Fields, fieldsOf, listOf, numberOf, parseJson, recordsOf, textOf } from '../json.ts';
import { repositoryPath } from '../paths.ts';
import { type Diagnostic, Tally } from '../tally.ts';

interface Result extends Diagnostic {
  level: string;
}

/** Reads report files, or one document on standard output; null where there is none. */
export function parse(output: CheckOutput): ParsedReport | null {
  const texts = output.reports.flatMap(({ name, text }) => (name.endsWith('.sarif') ? [text] : []));
  const logs = [...texts, output.stdout].map(logIn).filter((log) => log !== null);
  if (logs.length === 0) return null;
  const runs = logs.flatMap((log) => recordsOf(listOf(log.runs)));
  const results = runs.flatMap((run) => resultsOf(run, output.root));
  const tally = new Tally(output.check);
  for (const result of counted(results, output.exitCode)) tally.diagnose(result);
  const ended = !output.timedOut && output.exitCode !== null;
  return tally.report({ complete: ended && runs.every(succeeded) });
}

/** Some tools print lines of their own around the document. */
function logIn(text: string): Fields | null {
  const start = /^\{/m.exec(text)?.index ?? -1;
  const end = text.lastIndexOf('}');
  if (start < 0 || end < start || !text.includes('"runs"')) return null;
  const log = fieldsOf(parseJson(text.slice(start, end + 1)));
  if (log === null || !Array.isArray(log.runs)) return null;
  return textOf(log.version)?.startsWith('2.') ? log : null;
}

function succeeded(run: Fields): boolean {
  return recordsOf(listOf(run.invocations)).every((one) => one.executionSuccessful !== false);
}

/** What is only remarked counts where nothing graver explains the failure. */
function counted(results: readonly Result[], exitCode: number | null): readonly Result[] {
  const of = (...levels: string[]): Result[] => results.filter(({ level }) => levels.includes(level));
  const errors = of('error');
  if (errors.length > 0 || exitCode === 0) return errors;
  const warnings = of('warning');
  return warnings.length > 0 ? warnings : of('note');
}

function resultsOf(run: Fields, root: string): Result[] {
  const rules = recordsOf(listOf(fieldsOf(fieldsOf(run.tool)?.driver)?.rules));
  const bases = fieldsOf(run.originalUriBaseIds) ?? {};
  return recordsOf(listOf(run.results)).flatMap((result) => {
    const text = messageOf(result, rules);
    return text === null || !isFailure(result) ? [] : [resultOf({ result, text, rules, bases }, root)];
  });
}

/** Not one that somebody suppressed, that is gone, or that says that something is fine. */
function isFailure({ kind = 'fail', suppressions, baselineState }: Fields): boolean {
  return kind === 'fail' && listOf(suppressions).length === 0 && baselineState !== 'absent';
}

interface Found {
  result: Fields;
  text: string;
  rules: readonly Fields[];
  bases: Fields;
}

function resultOf({ result, text, rules, bases }: Found, root: string): Result {
  const rule = ruleOf(result, rules);
  const [location] = recordsOf(listOf(result.locations));
  const physical = fieldsOf(location?.physicalLocation);
  const line = numberOf(fieldsOf(physical?.region)?.startLine);
  const file = fileOf(fieldsOf(physical?.artifactLocation), bases, root);
  const name = textOf(result.ruleId) ?? textOf(rule?.id);
  const [message = text] = text.split('\n');
  const place = file === null ? '' : `${file}${line === null ? '' : `:${line}`}: `;
  const detail = `${place}${text}${name === null ? '' : ` (${name})`}`;
  const usual = textOf(fieldsOf(rule?.defaultConfiguration)?.level) ?? 'warning';
  return { file, line, rule: name, message, detail, level: textOf(result.level) ?? usual };
}

function ruleOf(result: Fields, rules: readonly Fields[]): Fields | undefined {
  const index = numberOf(result.ruleIndex) ?? numberOf(fieldsOf(result.rule)?.index);
  return rules[index ?? -1] ?? rules.find(({ id }) => id === result.ruleId);
}

/** A message stands in the result, or in its rule with holes for what differs. */
function messageOf(result: Fields, rules: readonly Fields[]): string | null {
  const message = fieldsOf(result.message);
  const own = textOf(message?.text) ?? textOf(message?.markdown);
  if (own !== null || message === null) return own;
  const strings = fieldsOf(ruleOf(result, rules)?.messageStrings);
  const template = textOf(fieldsOf(strings?.[textOf(message.id) ?? ''])?.text);
  const given = listOf(message.arguments);
  return template?.replace(/\{(\d+)\}/g, (hole, index) => textOf(given[Number(index)]) ?? hole) ?? null;
}

function fileOf(location: Fields | null, bases: Fields, root: string): string | null {
  const uri = textOf(location?.uri);
  if (uri === null) return null;
  const base = textOf(fieldsOf(bases[textOf(location?.uriBaseId) ?? ''])?.uri);
  const whole = base === null || /^[a-z][\w+.-]*:/i.test(uri) ? uri : base + uri;
  const path = repositoryPath(root, whole.startsWith('file:') ? whole : decoded(whole));
  return path === null ? null : posix.normalize(path);
}

function decoded(uri: string): string {
  try {
    return decodeURIComponent(uri);
  } catch {
    return uri;
  }
}
