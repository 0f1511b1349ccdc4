import type { CheckResult, TreeResult } from './check-result.ts';
import type { Problem, Verdict } from './evidence.ts';
import { type Comparison, countById, excess, isRegression, sawEverything, stepOf } from './excess.ts';
import { type Finding, wholeCheckId } from './finding.ts';

export interface Judgement {
  base: TreeResult;
  after: TreeResult;
  /** Findings of the base that the change is to make pass. */
  targets: readonly Finding[];
  /** Ids of findings that come and go: they count on neither side. */
  flaky: ReadonlySet<string>;
  /** Paths of the files of the tree after the change. */
  files: ReadonlySet<string>;
}

/**
 * What speaks against a change; nothing: it passed. Each target was seen to pass (absent is not passed), nothing fails
 * that was seen to pass at the base or would have been seen to fail there, and no test that ran is lost. What the base
 * could not see is no fault of the change.
 */
export function judge({ base, after, targets, flaky, files }: Judgement): Problem[] {
  const names = new Set([...base.checks, ...after.checks, ...targets].map(nameOf));
  const problems = [...names].flatMap((name) => {
    const now = after.checks.find(({ check }) => check === name);
    if (now === undefined) return [broken(name, 'it was not run')];
    const before = base.checks.find(({ check }) => check === name) ?? neverSeen(now);
    const comparison = {
      base: before,
      after: now,
      flaky: new Set([...flaky, ...before.flaky.map(({ id }) => id)]),
    };
    return judgeCheck(
      comparison,
      targets.filter(({ check }) => check === name),
      files,
    );
  });
  return distinct(problems);
}

/** Nothing speaks against it; only what could not be seen does; or something that was seen. */
export function verdictStatus(problems: readonly Problem[]): Verdict['status'] {
  if (problems.length === 0) return 'passed';
  const unseen = problems.every(({ code }) => code === 'check_broken' || code === 'setup_failed');
  return unseen ? 'not_verifiable' : 'failed';
}

/** Whether `finding` is seen to pass in this tree, whatever came before it. */
export function passesNow(finding: Finding, result: TreeResult, files: ReadonlySet<string>): boolean {
  const check = result.checks.find((candidate) => candidate.check === finding.check);
  if (check === undefined || check.outcome === 'broken') return false;
  if ([...check.findings, ...check.flaky].some(({ id }) => id === finding.id)) return false;
  return isSeen(finding, check, files);
}

function judgeCheck(
  comparison: Comparison,
  targets: readonly Finding[],
  files: ReadonlySet<string>,
): Problem[] {
  const { base, after, flaky } = comparison;
  if (after.outcome === 'broken') {
    if (base.outcome !== 'broken') return [broken(after.check, lastLine(after.output))];
    return targets.map((finding) => ({ code: 'still_failing', finding }));
  }
  const wanted = targets.filter(({ id }) => !flaky.has(id) || after.flaky.some((other) => other.id === id));
  return [
    ...judgeTargets(wanted, comparison, files),
    ...regressions(comparison),
    ...unreadable(comparison),
    ...lostTests(comparison, targets),
  ];
}

function judgeTargets(
  targets: readonly Finding[],
  comparison: Comparison,
  files: ReadonlySet<string>,
): Problem[] {
  const before = countById(comparison.base.findings);
  const wanted = countById(targets);
  return targets.flatMap((target) => {
    // Of equal messages only as many as are asked for have to go; a test has one outcome.
    const mayStay =
      target.kind === 'diagnostic' ? (before.get(target.id) ?? 0) - (wanted.get(target.id) ?? 0) : 0;
    const now = comparison.after.findings.filter(({ id }) => id === target.id);
    if (now[0] !== undefined && now.length > mayStay) return [{ code: 'still_failing', finding: now[0] }];
    const unsteady = comparison.after.flaky.some(({ id }) => id === target.id);
    if (!unsteady && isSeen(target, comparison.after, files)) return [];
    return unsteady ? [{ code: 'not_seen', finding: target }] : judgeUnseen(target, comparison, files);
  });
}

/** A target that is not reported any more, but whose check or step did not get to its end either. */
function judgeUnseen(target: Finding, comparison: Comparison, files: ReadonlySet<string>): Problem[] {
  const notSeen: Problem[] = [{ code: 'not_seen', finding: target }];
  if (target.kind === 'check') return getsFurther(comparison) ? [] : notSeen;
  const step = stepOf(target);
  const failing = comparison.after.findings.filter((finding) => step !== null && stepOf(finding) === step);
  if (failing.length === 0 || !fileStands(target, comparison.after, files)) return notSeen;
  const [first] = excess(comparison).filter((finding) => stepOf(finding) === step);
  // What still fails stood beside the target in the base, so it does not hide it.
  if (first === undefined) return target.kind === 'diagnostic' ? [] : notSeen;
  if (first.file === null || target.file === null) return notSeen;
  if (first.file !== target.file) return [];
  if (first.line === null || target.line === null) return notSeen;
  if (first.line > target.line) return [];
  return [{ code: first.line === target.line ? 'still_failing' : 'regression', finding: first }];
}

/** A check of which nothing but its failure could be read now names what passes and what fails. */
function getsFurther({ base, after }: Comparison): boolean {
  const specific = after.findings.length > 0 && after.findings.every(({ kind }) => kind !== 'check');
  return specific && after.outcome === 'failed' && base.passed.length === 0 && after.passed.length > 0;
}

function isSeen(finding: Finding, result: CheckResult, files: ReadonlySet<string>): boolean {
  const step = finding.step;
  if (finding.kind !== 'diagnostic') {
    return result.passed.includes(finding.id) || (step !== undefined && result.passed.includes(step));
  }
  const looked = step === undefined ? sawEverything(result) : result.passed.includes(step);
  return looked && fileStands(finding, result, files);
}

/** A message is not gone because its file is, or because nobody looks at the file any more. */
function fileStands({ kind, file }: Finding, result: CheckResult, files: ReadonlySet<string>): boolean {
  if (kind !== 'diagnostic' || file === null) return true;
  return files.has(file) && (result.files === null || result.files.includes(file));
}

function regressions(comparison: Comparison): Problem[] {
  const { base, after } = comparison;
  const found = excess(comparison).filter((finding) => isRegression(finding, comparison));
  const whole = wholeCheckId(after.check);
  const timedOut = after.outcome === 'timed_out' && base.outcome !== 'timed_out';
  const reported = [...after.findings, ...after.flaky].some(({ id }) => id === whole);
  if (timedOut && !reported) found.push(timeout(after, whole));
  return found.map((finding) => ({ code: 'regression', finding }));
}

/** The check fails, but does not say any more what it said before. */
function unreadable(comparison: Comparison): Problem[] {
  const { base, after } = comparison;
  const silent = after.outcome === 'failed' && after.findings.length + after.flaky.length === 0;
  if (silent && base.outcome === 'passed') return [broken(after.check, 'it fails without saying why')];
  if (base.outcome !== 'failed') return [];
  return excess(comparison)
    .filter((finding) => finding.kind === 'check' && !isRegression(finding, comparison))
    .map(() => broken(after.check, 'it fails as a whole, and no longer says what passes and what fails'));
}

/**
 * Tests and steps that ran at the base and now neither pass nor fail, skipped ones included. A check that stops earlier
 * than at the base loses what lies behind; what the base did not reach cannot be lost.
 */
function lostTests({ base, after }: Comparison, targets: readonly Finding[]): Problem[] {
  if (after.outcome === 'timed_out' && base.outcome !== 'timed_out') return []; // said already
  const ran = new Map(base.passed.map((id) => [id, base.names[id] ?? id]));
  for (const finding of base.findings) {
    const step = stepOf(finding);
    if (finding.kind === 'test' && !stepPassed(finding, after)) ran.set(finding.id, finding.title);
    if (step !== null) ran.set(step, base.names[step] ?? finding.title);
  }
  const shown = [...after.findings, ...after.flaky];
  const accounted = new Set([wholeCheckId(after.check), ...after.passed, ...targets.map(({ id }) => id)]);
  for (const finding of shown) accounted.add(finding.id).add(stepOf(finding) ?? finding.id);
  const names = [...ran].flatMap(([id, name]) => (accounted.has(id) ? [] : [name]));
  return names.length === 0 ? [] : [{ code: 'lost_tests', check: after.check, names: names.toSorted() }];
}

function stepPassed({ step }: Finding, result: CheckResult): boolean {
  return step !== undefined && result.passed.includes(step);
}

function distinct(problems: readonly Problem[]): Problem[] {
  const seen = new Set<string>();
  return problems.filter((problem) => {
    const key = 'finding' in problem ? `${problem.code} ${problem.finding.id}` : JSON.stringify(problem);
    return !seen.has(key) && seen.add(key);
  });
}

function broken(check: string, message: string): Problem {
  return { code: 'check_broken', check, message };
}

function timeout({ check, output }: CheckResult, id: string): Finding {
  const title = `${check} did not end in time`;
  return { id, check, kind: 'check', file: null, line: null, title, message: output };
}

function lastLine(output: string): string {
  return output.trim().split('\n').at(-1)?.slice(0, 300) ?? '';
}

function nameOf({ check }: { check: string }): string {
  return check;
}

/** Stands for a base that knows nothing of a check: it saw nothing, so nothing can be held against the change. */
function neverSeen({ check }: CheckResult): CheckResult {
  return {
    check,
    outcome: 'broken',
    exitCode: null,
    findings: [],
    flaky: [],
    passed: [],
    skipped: [],
    files: null,
    complete: false,
    names: {},
    output: '',
    durationMs: 0,
  };
}
