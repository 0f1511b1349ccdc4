import type { CheckOutput, ParsedReport } from '../../../ports/check-format.ts';
import { searchDirectories } from '../command.ts';
import { existingPath, repositoryPath } from '../paths.ts';
import { Tally } from '../tally.ts';
import { escapePattern } from '../text.ts';
import { type Element, parseXml } from './xml.ts';

interface Place {
  root: string;
  bases: readonly string[];
}

interface Case {
  file: string | null;
  name: string;
  /** It stands for its file: that could not be loaded. */
  isFile: boolean;
  line: number | null;
  failures: Element[];
  skipped: boolean;
}

/** Reads every JUnit XML file that was written; null where there is none. */
export function parse(output: CheckOutput): ParsedReport | null {
  const roots = output.reports
    .filter(({ name }) => name.endsWith('.xml'))
    .flatMap(({ text }) => parseXml(text) ?? [])
    .filter(({ name }) => name === 'testsuites' || name === 'testsuite');
  if (roots.length === 0) return null;
  const place: Place = { root: output.root, bases: searchDirectories(output.root, output.command) };
  const tally = new Tally(output.check);
  const files = new Set<string>();
  for (const test of roots.flatMap((root) => casesIn(root, null, place))) {
    const failed = test.failures.length > 0;
    if (test.file !== null && !(test.isFile && test.skipped)) files.add(test.file);
    if (failed)
      tally.fail({ file: test.file, name: test.name, line: lineOf(test), message: messageOf(test) });
    else if (test.skipped) tally.skip(test.file, test.name);
    else tally.pass(test.file, test.name);
  }
  for (const file of files) tally.pass(file, file);
  return tally.report({ complete: !stoppedEarly(output) });
}

function stoppedEarly(output: CheckOutput): boolean {
  if (output.timedOut || output.exitCode === null) return true;
  if (output.exitCode === 0) return false;
  return (
    /^!+ (?:stopping after|Interrupted|.*KeyboardInterrupt|xdist\.dsession)/m.test(output.combined) ||
    /\s--bail\b/.test(output.command)
  );
}

function casesIn(element: Element, suite: Element | null, place: Place): Case[] {
  if (element.name === 'testcase') return [caseOf(element, suite, place)];
  const own = element.name === 'testsuite' ? element : suite;
  return element.children.flatMap((child) => casesIn(child, own, place));
}

function caseOf(element: Element, suite: Element | null, place: Place): Case {
  const { name = '', classname = '', line } = element.attributes;
  const file = fileOf(element, suite, place);
  const asFile = isFileName(name, classname, { file, place });
  const isPython = file?.endsWith('.py') === true;
  return {
    file,
    name: asFile && file !== null ? file : testName(name, classname, file),
    isFile: asFile && file !== null,
    line: line === undefined || !/^\d+$/.test(line) ? null : Number(line) + (isPython ? 1 : 0),
    failures: element.children.filter((child) => child.name === 'failure' || child.name === 'error'),
    skipped: element.children.some((child) => child.name === 'skipped'),
  };
}

/** Runners disagree on where the file stands: an attribute, the class (as path or dotted module), the suite's name. */
function fileOf(element: Element, suite: Element | null, place: Place): string | null {
  const { file, filepath, classname = '', name = '' } = element.attributes;
  const stated = file ?? filepath ?? suite?.attributes.file ?? suite?.attributes.filepath;
  if (stated !== undefined && stated !== '') return repositoryPath(place.root, stated, place.bases);
  const named = [classname, suite?.attributes.name ?? '', ...(classname === '' ? [name] : [])];
  for (const text of named) {
    const path = text === '' ? null : existingPath(place.root, text, place.bases);
    if (path !== null && /\.\w+$/.test(path)) return path;
  }
  return moduleFile(classname === '' ? name : classname, place);
}

function moduleFile(dotted: string, place: Place): string | null {
  const parts = dotted.split('.');
  if (!/^[\w.]+$/.test(dotted) || parts.length > 20) return null;
  for (let length = parts.length; length > 0; length--) {
    const file = existingPath(place.root, `${parts.slice(0, length).join('/')}.py`, place.bases);
    if (file !== null) return file;
  }
  return null;
}

/** vitest names the file as its own test; pytest gives the module without a class. */
function isFileName(name: string, classname: string, at: { file: string | null; place: Place }): boolean {
  if (at.file === null) return false;
  if (repositoryPath(at.place.root, name, at.place.bases) === at.file) return true;
  return (
    classname === '' &&
    at.file.endsWith('.py') &&
    at.file.replace(/\.py$/, '').replaceAll('/', '.').endsWith(name)
  );
}

function testName(name: string, classname: string, file: string | null): string {
  if (file !== null && (classname === file || classname.endsWith(`/${file}`))) return name;
  const module = (file ?? '').replace(/\.py$/, '').replaceAll('/', '.');
  const owner =
    file?.endsWith('.py') === true && module.length > 0 ? afterModule(classname, module) : classname;
  return owner === '' ? name : `${owner} > ${name}`;
}

function afterModule(classname: string, module: string): string {
  const parts = module.split('.');
  for (let from = 0; from < parts.length; from++) {
    const tail = parts.slice(from).join('.');
    if (classname === tail) return '';
    if (classname.startsWith(`${tail}.`)) return classname.slice(tail.length + 1);
  }
  return classname;
}

function messageOf(test: Case): string {
  const parts = test.failures.map(({ text, attributes }) => {
    const { message = '' } = attributes;
    const firstLine = message.trim().split('\n')[0] ?? '';
    return text.includes(firstLine) && text.trim() !== '' ? text.trim() : `${message}\n${text}`.trim();
  });
  return parts.join('\n\n') || 'It failed without a message.';
}

/** Python prints its innermost frame last, others first. */
function lineOf(test: Case): number | null {
  if (test.file === null) return test.line;
  const pattern = new RegExp(`(?:^|[\\s(/"'[])${escapePattern(test.file)}(?::|", line )(\\d+)`, 'g');
  const rows = test.failures.flatMap(({ text }) =>
    [...text.matchAll(pattern)].map((found) => Number(found[1])),
  );
  return (test.file.endsWith('.py') ? rows.at(-1) : rows[0]) ?? test.line;
}
