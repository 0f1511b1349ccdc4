import type { CheckOutput, ParsedReport } from '../../../ports/check-format.ts';
import { existingPath } from '../paths.ts';
import { Tally } from '../tally.ts';

interface Point {
  ok: boolean;
  depth: number;
  name: string;
  directive: string;
  /** Lines of its YAML block and of comments after it. */
  detail: string[];
  childFailed: boolean;
}

const point = /^( *)(ok|not ok)\b(?: +(\d+))?(?: +-)?(?: +(.*))?$/;
const plan = /^( *)1\.\.(\d+)\b/;

/** TAP 12 to 14 on standard output; null where it is none. */
export function parse(output: CheckOutput): ParsedReport | null {
  const lines = output.stdout.split('\n');
  const looksLikeTap = lines.some((line) => /^TAP version \d+/.test(line) || plan.test(line));
  if (!looksLikeTap) return null;
  const { points, planned, bailed } = readPoints(lines);
  if (points.length === 0) return null;
  const tally = new Tally(output.check);
  for (const test of points) tell(tally, output, test);
  const counted = points.filter(({ depth }) => depth === 0).length;
  const stopped = bailed || output.timedOut || output.exitCode === null || counted < planned;
  return tally.report({ complete: !stopped });
}

function readPoints(lines: readonly string[]): { points: Point[]; planned: number; bailed: boolean } {
  const points: Point[] = [];
  const path: string[] = [];
  let planned = 0;
  let bailed = false;
  let failedBelow: boolean[] = [];
  const isTitled = usesTitles(lines);
  let title: string[] = [];
  for (const line of lines) {
    const heading = isTitled ? /^# (.+)$/.exec(line) : null;
    const found = point.exec(line);
    const subtest = /^( *)# Subtest: (.*)$/.exec(line);
    const plans = plan.exec(line);
    if (/^\s*Bail out!/i.test(line)) bailed = true;
    else if (plans !== null && plans[1] === '') planned += Number(plans[2]);
    else if (subtest !== null) path.splice(depthOf(subtest[1]), path.length, unescape(subtest[2] ?? ''));
    else if (heading !== null) title = [heading[1] ?? ''];
    else if (found !== null) {
      const depth = depthOf(found[1]);
      const test = pointOf(found, [...title, ...path.slice(0, depth)]);
      test.childFailed = failedBelow.slice(depth + 1).some(Boolean);
      failedBelow = failedBelow.slice(0, depth + 1);
      failedBelow[depth] = (failedBelow[depth] ?? false) || (!test.ok && !/^todo/i.test(test.directive));
      points.push(test);
    } else points.at(-1)?.detail.push(line.trim());
  }
  return { points, planned, bailed };
}

/** tape names a test in a comment above its assertions, of which many have one name; the first stands at the top. */
function usesTitles(lines: readonly string[]): boolean {
  const version = lines.findIndex((line) => line.startsWith('TAP version 13'));
  return version >= 0 && /^# (?!Subtest: )/.test(lines[version + 1] ?? '');
}

function depthOf(indent: string | undefined): number {
  return Math.floor((indent ?? '').length / 4);
}

function pointOf(found: RegExpExecArray, path: readonly string[]): Point {
  const [description = '', directive = ''] = (found[4] ?? '').split(/(?<!\\)#\s*(?=(?:skip|todo)\b)/i);
  const name = unescape(description.trim()) || `test ${found[3] ?? ''}`.trim();
  const names = [...path, name].filter((part) => part !== '');
  return {
    ok: found[2] === 'ok',
    depth: depthOf(found[1]),
    name: names.join(' > '),
    directive,
    detail: [],
    childFailed: false,
  };
}

function unescape(text: string): string {
  return text.replace(/\\([#\\])/g, '$1');
}

function tell(tally: Tally, output: CheckOutput, test: Point): void {
  const file = existingPath(output.root, test.name);
  const name = file ?? test.name;
  if (test.directive !== '') tally.skip(file, name);
  // A container is judged by its own code, its tests by theirs.
  else if (test.ok || test.childFailed) tally.pass(file, name);
  else {
    const detail = test.detail.filter((line) => !/^(?:---|\.\.\.|duration_ms:.*|)$/.test(line)).join('\n');
    const place = placeIn(output.root, detail);
    const message = detail === '' ? `not ok: ${name}` : detail;
    tally.fail({ file, name, line: place?.line ?? null, shownFile: place?.file ?? null, message });
  }
}

/** `location: 'test/a.js:4:1'` of Node, `at: file: …` and stack frames of others: the first that lies in the project. */
function placeIn(root: string, detail: string): { file: string; line: number } | null {
  for (const found of detail.matchAll(/([^\s'"():]+):(\d+)(?::\d+)?/g)) {
    const file = existingPath(root, found[1] ?? '');
    if (file !== null) return { file, line: Number(found[2]) };
  }
  const file = existingPath(root, /\bfile:\s*['"]?([^\s'"]+)/.exec(detail)?.[1] ?? '');
  const line = /\bline:\s*(\d+)/.exec(detail)?.[1];
  return file === null || line === undefined ? null : { file, line: Number(line) };
}
