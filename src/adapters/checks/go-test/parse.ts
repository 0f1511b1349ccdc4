import type { CheckOutput, ParsedReport } from '../../../ports/check-format.ts';
import { searchDirectories } from '../command.ts';
import { type Fields, parseJsonLines, textOf } from '../json.ts';
import { Tally } from '../tally.ts';
import { findPackages, type Packages, placeIn } from './packages.ts';

interface Test {
  state: 'running' | 'pass' | 'fail' | 'skip';
  output: string;
}

interface Package {
  name: string;
  state: 'running' | 'pass' | 'fail' | 'skip';
  tests: Map<string, Test>;
  /** What no test printed. */
  output: string;
}

interface Reading {
  packages: Map<string, Package>;
  /** Messages of the compiler and of vet. Older versions print them beside the events. */
  build: string;
}

/** null where no event was printed. */
export function parse(output: CheckOutput): ParsedReport | null {
  const events = output.stdout.includes('"Action":"') ? parseJsonLines(output.stdout).filter(isEvent) : [];
  const reading: Reading = { packages: new Map(), build: `${output.stderr}\n` };
  for (const event of events) readEvent(reading, event);
  // Versions before 1.24 say so as plain text.
  const failedBuild = /^FAIL\t(\S+) \[(?:build|setup) failed\]$/gm;
  if (events.length === 0 && !/^FAIL\t\S+ \[/m.test(output.stdout)) return null;
  for (const [line, name = ''] of output.stdout.matchAll(failedBuild)) {
    Object.assign(packageOf(reading, name), { state: 'fail', output: line });
  }
  const packages = findPackages(output.root, searchDirectories(output.root, output.command));
  const tally = new Tally(output.check);
  const whole = [...reading.packages.values()].map((one) => tellPackage(tally, one, { packages, reading }));
  const stopped = output.timedOut || output.exitCode === null || /\s--?failfast\b/.test(output.command);
  return tally.isEmpty
    ? null
    : tally.report({ complete: output.exitCode === 0 || (!stopped && whole.every(Boolean)) });
}

function isEvent(event: Fields): boolean {
  return typeof event.Action === 'string' && (textOf(event.Package) ?? textOf(event.ImportPath)) !== null;
}

function packageOf({ packages }: Reading, name: string): Package {
  const known = packages.get(name) ?? { name, state: 'running', tests: new Map(), output: '' };
  packages.set(name, known);
  return known;
}

function readEvent(reading: Reading, event: Fields): void {
  const text = textOf(event.Output) ?? '';
  const name = textOf(event.Package);
  if (name === null) {
    reading.build += text;
    return;
  }
  const within = packageOf(reading, name);
  const title = textOf(event.Test);
  const test = title === null ? within : (within.tests.get(title) ?? { state: 'running', output: '' });
  if (title !== null) within.tests.set(title, test as Test);
  test.output += text;
  const action = event.Action;
  if (action === 'pass' || action === 'fail' || action === 'skip') test.state = action;
}

interface Sources {
  packages: Packages;
  reading: Reading;
}

/** False where a failure may hide others: it does not build, or it died before its last test. */
function tellPackage(tally: Tally, one: Package, sources: Sources): boolean {
  const { name, state, tests } = one;
  for (const [title, test] of tests) tellTest(tally, { one, title, test }, sources);
  const failed = [...tests.values()].some((test) => test.state === 'fail' || test.state === 'running');
  const died = [...tests.values()].some(
    (test) => test.state !== 'pass' && /^(?:\tpanic|panic|fatal error): /m.test(test.output),
  );
  if (state === 'skip') return true;
  if (state !== 'fail' || failed) {
    tally.pass(null, name);
    return state !== 'running' && !died;
  }
  const builds = !/\[(?:build|setup) failed\]/.test(one.output);
  const said = builds ? '' : buildMessages(sources.reading.build, name);
  const message = [said, one.output].join('\n').trim() || 'It failed without a message.';
  const place = placeIn(sources.packages, name, message);
  const title = builds ? name : `${name} does not build`;
  tally.fail({ file: null, name, title, message, shownFile: place?.file ?? null, line: place?.line ?? null });
  return false;
}

interface Told {
  one: Package;
  title: string;
  test: Test;
}

/** A test around others is judged by its own messages, those inside by theirs. */
function tellTest(tally: Tally, { one, title, test }: Told, { packages }: Sources): void {
  const name = `${one.name}: ${title}`;
  if (test.state === 'pass') return tally.pass(null, name);
  if (test.state === 'skip') return tally.skip(null, name);
  const own = test.output.replace(/^\s*(?:=== |--- )\S+.*\n?/gm, '').trim();
  if (own === '' && failsInside(one, title)) return tally.pass(null, name);
  const place = placeIn(packages, one.name, own);
  const message = own === '' ? 'It failed without a message.' : own;
  tally.fail({ file: null, name, title, message, shownFile: place?.file ?? null, line: place?.line ?? null });
}

function failsInside({ tests }: Package, title: string): boolean {
  return [...tests].some(([other, { state }]) => state === 'fail' && other.startsWith(`${title}/`));
}

/** Those below `# <package>`; all where none are of that package: a package that it imports does not build. */
function buildMessages(text: string, name: string): string {
  const parts = text.split(/^(?=# )/m);
  const own = parts.filter((part) => part.startsWith(`# ${name}\n`) || part.startsWith(`# ${name} [`));
  return (own.length > 0 ? own : parts).join('').trim();
}
