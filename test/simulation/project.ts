import type { CheckResult } from '../../src/domain/check-result.ts';
import { diagnosticId, type Finding, unitId } from '../../src/domain/finding.ts';
import type { Random } from './random.ts';

/** A tree of the simulated project: text by path. */
export type Files = ReadonlyMap<string, string>;

/** What the project was generated with. `flaky`: names of units that sometimes fail where they are right. */
export interface Project {
  files: Files;
  flaky: ReadonlySet<string>;
}

const sourceOf = (test: string): string => test.replace(/^test\/(.*)\.test\.js$/, 'src/$1.js');

/**
 * Modules `src/m0.js` with lines like `u1=bad`, and the tests of each, which assert its units. A module that is `broken`
 * does not load, so that none of its tests is seen. `style=x` in two modules at once breaks a test of both. A line `smell`
 * is a linter's message.
 */
export function makeProject(random: Random): Project {
  const files = new Map<string, string>();
  const flaky = new Set<string>();
  const modules = random.between(1, 4);
  for (let module = 0; module < modules; module += 1) {
    const units = random.between(1, 3);
    const lines: string[] = [];
    for (let unit = 0; unit < units; unit += 1) {
      lines.push(`u${unit}=${random.chance(0.5) ? 'bad' : 'ok'}`);
      if (random.chance(0.05)) flaky.add(`m${module}.u${unit}`);
    }
    if (random.chance(0.12)) lines.push('broken');
    if (random.chance(0.2)) lines.push('smell');
    files.set(`src/m${module}.js`, text(lines));
    const names = Array.from({ length: units }, (_, unit) => `assert u${unit}`);
    files.set(`test/m${module}.test.js`, text(names));
  }
  files.set('test/styles.test.js', text(['styles']));
  return { files, flaky };
}

export function linesOf(content: string | undefined): string[] {
  return (content ?? '').split('\n').filter((line) => line !== '');
}

export function text(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}

interface Unit {
  finding: Finding;
  name: string;
  passes: boolean;
  /** Not reported while its module does not load. */
  masked: boolean;
}

function testOf(
  file: string,
  title: string,
  state: { name: string; passes: boolean; masked: boolean },
): Unit {
  const id = unitId('test', file, title);
  const message = `${title} is not as it should be`;
  return { ...state, finding: { id, check: 'test', kind: 'test', file, line: null, title, message } };
}

/** Every test of a tree with what it really does. */
function unitsOf(files: Files): Unit[] {
  const units: Unit[] = [];
  for (const [file, content] of files) {
    if (!file.startsWith('test/')) continue;
    if (file === 'test/styles.test.js') {
      for (const line of linesOf(content)) {
        units.push(testOf(file, line, { name: line, passes: stylesFit(files), masked: false }));
      }
      continue;
    }
    const source = linesOf(files.get(sourceOf(file)));
    const masked = source.includes('broken') || source.some((line) => line.startsWith('<<<<'));
    units.push(testOf(file, file, { name: file, passes: !masked, masked: false }));
    for (const line of linesOf(content)) {
      const [how, what = ''] = line.split(' ');
      const passes = !masked && (how === 'weak' || source.includes(`${what}=ok`));
      units.push(testOf(file, what, { name: `${moduleOf(file)}.${what}`, passes, masked }));
    }
  }
  return units;
}

function moduleOf(file: string): string {
  return /m\d+/.exec(file)?.[0] ?? file;
}

/** At most one module has the style x. */
function stylesFit(files: Files): boolean {
  return [...files.values()].filter((content) => linesOf(content).includes('style=x')).length < 2;
}

function smellsOf(files: Files): Finding[] {
  return [...files].flatMap(([file, content]) => {
    const lines = linesOf(content);
    if (!file.startsWith('src/') || lines.includes('// eslint-disable')) return [];
    return lines.flatMap((line, index): Finding[] => {
      if (line !== 'smell') return [];
      const id = diagnosticId('lint', file, 'smell', 'it smells');
      const title = 'smell: it smells';
      return [{ id, check: 'lint', kind: 'diagnostic', file, line: index + 1, title, message: title }];
    });
  });
}

/** What a run of a check on these files prints. */
export function runCheck(check: string, project: Project, files: Files, random: Random): CheckResult {
  const shown = check === 'lint' ? [] : unitsOf(files).filter(({ masked }) => !masked);
  const fails = ({ name, passes }: Unit): boolean =>
    !passes || (project.flaky.has(name) && random.chance(0.3));
  const failing = shown.filter(fails);
  const findings = check === 'lint' ? smellsOf(files) : failing.map(({ finding }) => finding);
  const passed = shown.filter((one) => !failing.includes(one)).map(({ finding }) => finding);
  return {
    check,
    outcome: findings.length === 0 ? 'passed' : 'failed',
    exitCode: findings.length === 0 ? 0 : 1,
    findings,
    flaky: [],
    passed: passed.map(({ id }) => id),
    skipped: [],
    files: null,
    complete: true,
    names: Object.fromEntries(passed.map(({ id, title }) => [id, title])),
    output: '',
    durationMs: 1,
  };
}

/** Names of what is wrong with a tree, leaving flaky tests out. */
export function wrongWith(project: Project, files: Files): string[] {
  const failing = unitsOf(files).filter(({ name, passes }) => !passes && !project.flaky.has(name));
  return [...failing.map(({ name }) => name), ...smellsOf(files).map(({ file }) => `smell in ${file}`)];
}

/** Ids of what fails in a tree or cannot be seen there, leaving flaky tests out; equal messages each by itself. */
export function failingIds(project: Project, files: Files): string[] {
  const failing = unitsOf(files).filter(({ name, passes }) => !passes && !project.flaky.has(name));
  return [...failing.map(({ finding }) => finding.id), ...smellsOf(files).map(({ id }) => id)];
}

/** What was right in `before` and is not in `after`: fails, or is not there any more. */
export function madeWorse(project: Project, before: Files, after: Files): string[] {
  const right = unitsOf(after).flatMap(({ name, passes }) => (passes ? [name] : []));
  const still = new Set([...right, ...project.flaky]);
  const lost = unitsOf(before).filter(({ name, passes }) => passes && !still.has(name));
  const smells = new Set(smellsOf(before).map(({ file }) => file));
  const fresh = smellsOf(after).filter(({ file }) => !smells.has(file));
  return [...lost.map(({ name }) => name), ...fresh.map(({ file }) => `smell in ${file}`)];
}

/** The part of a tree that only a person may let through: tests, and comments that silence the linter. */
export function guardedPart(files: Files): string {
  const parts = [...files].map(([file, content]) =>
    file.startsWith('test/') ? `${file}:${content}` : `${file}:${content.split('// eslint-disable').length}`,
  );
  return parts.toSorted().join('\n');
}
