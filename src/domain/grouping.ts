import { type Finding, normaliseMessage } from './finding.ts';
import { plainLine } from './plain-text.ts';

export interface Group {
  /** One short line for people. */
  title: string;
  findings: Finding[];
}

export type GroupMode = 'finding' | 'file' | 'check' | 'auto';

const TITLE_LENGTH = 80;
const FEW_FILES = 5;

/**
 * Findings as units of work, in the order in which they were reported. `auto` puts together what shares a file or a root
 * error, so that one agent mends the cause and two agents do not meet in one file. Equal findings are never parted:
 * nobody could tell which of them was mended.
 */
export function groupFindings(findings: readonly Finding[], mode: GroupMode): Group[] {
  const groups: { keys: Set<string>; findings: Finding[] }[] = [];
  const wide = wideSteps(findings);
  for (const finding of findings) {
    const keys = keysOf(finding, mode, wide);
    const same = groups.filter((group) => keys.some((key) => group.keys.has(key)));
    const [first, ...others] = same;
    if (first === undefined) {
      groups.push({ keys: new Set(keys), findings: [finding] });
      continue;
    }
    for (const key of [...keys, ...others.flatMap((group) => [...group.keys])]) first.keys.add(key);
    first.findings.push(...others.flatMap((group) => group.findings), finding);
    for (const group of others) groups.splice(groups.indexOf(group), 1);
  }
  const order = new Map(findings.map((finding, index) => [finding, index]));
  return groups.map((group) => {
    const sorted = group.findings.toSorted((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0));
    return { title: titleOf(sorted), findings: sorted };
  });
}

/** Steps with messages on many files: a linter behind make, rather than a compiler that stumbles over one header. */
function wideSteps(findings: readonly Finding[]): ReadonlySet<string> {
  const files = new Map<string, Set<string>>();
  for (const { kind, step, file } of findings) {
    if (kind !== 'diagnostic' || step === undefined || file === null) continue;
    files.set(step, (files.get(step) ?? new Set()).add(file));
  }
  return new Set([...files].flatMap(([step, { size }]) => (size > FEW_FILES ? [step] : [])));
}

/** Findings with a key in common belong together. */
function keysOf(finding: Finding, mode: GroupMode, wide: ReadonlySet<string>): string[] {
  const { id, check, file } = finding;
  if (mode === 'finding') return [`id ${id}`];
  if (mode === 'check') return [`check ${check}`];
  const keys = [`id ${id}`];
  if (file !== null) keys.push(`file ${file}`);
  // A sequence stops at its first failure, so what it reports has to be mended together; but messages can be seen to go one
  // by one, and many files would be too large a change.
  const alone = finding.kind === 'diagnostic' && file !== null && wide.has(finding.step ?? '');
  if ((finding.step !== undefined && !alone) || finding.kind === 'step' || finding.kind === 'check')
    keys.push(`steps ${check}`);
  const root = mode === 'auto' ? rootError(finding) : null;
  if (root !== null) keys.push(`root ${root}`);
  return keys;
}

const missingModule = [
  /cannot find (?:module|package) ['"`]([^'"`]+)['"`]/i,
  /no module named ['"]?([\w.]+)/i,
  /cannot import name ['"](\w+)['"]/i,
  /does not provide an export named ['"`]?([\w$]+)/i,
  /failed to resolve import ['"]([^'"]+)['"]/i,
  /could not resolve ['"]([^'"]+)['"]/i,
  /fatal error: ([^\s:]+): no such file/i,
  /undefined reference to [`'"]([^'"`]+)/i,
];

/** What many failures may have as their one cause: a missing module, or the very same error that is no assertion. */
export function rootError(finding: Finding): string | null {
  const text = `${finding.title}\n${finding.message}`;
  for (const pattern of missingModule) {
    const name = pattern.exec(text)?.[1];
    if (name !== undefined) return `missing ${name}`;
  }
  if (finding.kind !== 'test') return null;
  const error = /^\s*(?:[\w.]+: )?((?!Assertion)[A-Z]\w*(?:Error|Exception)): (.{8,})$/m.exec(
    finding.message,
  );
  return error === null ? null : `${error[1]}: ${normaliseMessage(error[2] ?? '')}`;
}

function titleOf(findings: readonly Finding[]): string {
  const [first] = findings;
  if (first === undefined) return 'nothing';
  return plainLine(findings.length === 1 ? titleOfOne(first) : titleOfMany(findings, first), TITLE_LENGTH);
}

function titleOfOne(finding: Finding): string {
  const { kind, check, file, title } = finding;
  if (kind === 'check') return `${check}: ${title === check ? 'it fails' : title}`;
  if (file === null) return `${check}: ${title}`;
  if (kind === 'test' && title === file) return `${file}, which does not run`;
  const short = plainLine(title, Math.max(24, TITLE_LENGTH - file.length - 8));
  return `${short} in ${file}`;
}

function titleOfMany(findings: readonly Finding[], first: Finding): string {
  const files = [...new Set(findings.map(({ file }) => file))];
  const checks = [...new Set(findings.map(({ check }) => check))].join(' and ');
  const tests = findings.every(({ kind }) => kind === 'test');
  const what = `${findings.length} ${tests ? 'failing tests' : `findings of ${checks}`}`;
  if (files.length === 1) return files[0] === null ? `${what}` : `${what} in ${files[0]}`;
  const root = rootError(first);
  const shared = root !== null && findings.every((finding) => rootError(finding) === root);
  return shared ? `${what} in ${files.length} files: ${root}` : `${what} in ${files.length} files`;
}
