import { nameOf } from './rule.ts';

/**
 * Files that hold dependencies or build rules, which a change may touch, beside the configuration of tests and linters,
 * which it may not. Each reader gives the guarded parts by name; null: it cannot be read.
 */
type Reader = (text: string) => Map<string, string> | null;

const readers: [file: RegExp, read: Reader][] = [
  [/^package\.json$/, readPackageJson],
  [/^composer\.json$/, (text) => readJson(text, /^(?:scripts|config|autoload-dev)$/)],
  [/^deno\.jsonc?$/, (text) => readJson(text, /^(?:tasks|test|lint|fmt|compilerOptions|bench|exclude)$/)],
  [/^pyproject\.toml$/, readPyproject],
  [
    /^setup\.cfg$/,
    (text) => readSections(text, (name) => !/^(?:metadata|options(?:\..*)?|[sb]dist.*)$/.test(name)),
  ],
  [/^Cargo\.toml$/, readCargo],
  [/^(?:GNU)?[Mm]akefile$|\.mk$/, readMakefile],
  [
    /^CMakeLists\.txt$|\.cmake$|^meson\.build$|^(?:build|settings)\.gradle(?:\.kts)?$|^pom\.xml$|^build\.(?:sbt|zig)$|^Package\.swift$|^mix\.exs$|^setup\.py$/,
    readLinesOnTests,
  ],
];

export function isMixed(path: string): boolean {
  return readers.some(([file]) => file.test(nameOf(path)));
}

/** Names of the guarded parts that differ. A file that cannot be read on either side differs as a whole. */
export function changedParts(path: string, before: string | null, after: string | null): string[] {
  const read = readers.find(([file]) => file.test(nameOf(path)))?.[1];
  if (read === undefined || before === after) return [];
  const [old, now] = [before, after].map((text) => (text === null ? new Map<string, string>() : read(text)));
  if (old === null || old === undefined || now === null || now === undefined) return ['all of it'];
  return [...new Set([...old.keys(), ...now.keys()])].filter((part) => old.get(part) !== now.get(part));
}

const packageParts =
  /^(?:scripts|jest|vitest|mocha|ava|nyc|c8|tap|tape|wireit|nx|eslintConfig|eslintIgnore|xo|standard|stylelint|prettier|babel|lint-staged|husky|pre-commit|simple-git-hooks|commitlint|pnpm|overrides|resolutions|workspaces|packageManager|volta|engines|imports|config|directories|browserslist)$/;
const dependencyParts = /ependencies$/;
const fromElsewhere = /^(?:file|link|portal|patch|git|git\+.*|github|https?|npm):|^[\w.-]+\/[\w.-]+(?:#|$)/;

/** Dependencies may change, but not to a package that comes from elsewhere than the registry under its own name. */
function readPackageJson(text: string): Map<string, string> | null {
  const parts = readJson(text, packageParts);
  const dependencies = readJson(text, dependencyParts);
  if (parts === null || dependencies === null) return null;
  for (const [part, list] of dependencies) {
    for (const [name, version] of entriesOf(JSON.parse(list))) {
      if (typeof version === 'string' && fromElsewhere.test(version)) parts.set(`${part}.${name}`, version);
    }
  }
  return parts;
}

function readJson(text: string, guarded: RegExp): Map<string, string> | null {
  try {
    const entries = entriesOf(JSON.parse(text));
    return new Map(entries.flatMap(([key, value]) => (guarded.test(key) ? [[key, canonical(value)]] : [])));
  } catch {
    return null;
  }
}

function entriesOf(value: unknown): [string, unknown][] {
  return value !== null && typeof value === 'object' ? Object.entries(value) : [];
}

/** The same text whatever the order of keys. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const entries = entriesOf(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`).join(',')}}`;
}

/** Sections of TOML and INI files, comments and blank lines aside. What stands before the first has the name ''. */
function readSections(text: string, guarded: (name: string) => boolean): Map<string, string> {
  const sections = new Map<string, string>();
  let name = '';
  for (const raw of text.split('\n')) {
    const line = raw.trim();
    if (line === '' || /^[#;]/.test(line)) continue;
    const header = /^\[{1,2}\s*([^\]]+?)\s*\]{1,2}\s*(?:[#;].*)?$/.exec(line)?.[1];
    if (header !== undefined) name = header.replace(/["'\s]/g, '');
    if (guarded(name)) sections.set(name, `${sections.get(name) ?? ''}${line}\n`);
  }
  return sections;
}

const pythonTools =
  /^(?:|tool|build-system|tool\.(?:pytest|tox|nox|coverage|ruff|mypy|pyright|basedpyright|pylint|flake8|black|isort|bandit|hatch\.envs|poe|taskipy|pdm\.scripts|uv\.(?:sources|workspace))\b.*)$/;

function readPyproject(text: string): Map<string, string> {
  return readSections(text, (name) => pythonTools.test(name));
}

const cargoOpen =
  /^(?:package|features|bin|(?:target\..*\.)?(?:dev-|build-)?dependencies(?:\..*)?|workspace\.(?:package|dependencies(?:\..*)?))$/;

/** `[package]` is open but for the keys that switch tests off or run code at build time. */
function readCargo(text: string): Map<string, string> {
  const sections = readSections(text, (name) => !cargoOpen.test(name));
  const switches =
    text.match(/^[ \t]*(?:autotests|autoexamples|build|test|doctest|harness)[ \t]*=.*$/gm) ?? [];
  return sections.set('switches', switches.join('\n'));
}

const aboutTests = /test|check|lint|verify|spec|ndebug|coverage/i;
const makeSettings =
  /^\s*(?:(?:export|override|private)\s+)*(?:\.?SHELL\w*|\w*MAKEFLAGS|MAKEOVERRIDES|\.(?:IGNORE|SILENT|DEFAULT|ONESHELL|SHELLFLAGS)\b)/;
const makeStructure = /^\s*(?:-?include|sinclude|ifn?eq|ifn?def|else|endif|define|endef)\b/;
const ignoresFailure = /^\t\s*@?\+?-|\|\|\s*(?:true|:|exit 0)|;\s*(?:true|:|exit 0)\s*$|-DNDEBUG/;

/** Rules and variables with a name that speaks of tests, settings that change how all recipes run, and ignored failures. */
function readMakefile(text: string): Map<string, string> {
  const kept: string[] = [];
  let inGuardedRule = false;
  for (const line of text.replace(/\\\n\s*/g, ' ').split('\n')) {
    if (/^\s*(?:#.*)?$/.test(line)) continue;
    const continues = line.startsWith('\t') || makeStructure.test(line);
    if (!continues) inGuardedRule = aboutTests.test(headOf(line)) && !line.startsWith('.PHONY');
    const guarded =
      inGuardedRule || makeSettings.test(line) || makeStructure.test(line) || ignoresFailure.test(line);
    if (guarded) kept.push(line.trim().replace(/\s+/g, ' '));
  }
  return new Map([['rules on tests', kept.join('\n')]]);
}

/** Targets of a rule, or the name of a variable. */
function headOf(line: string): string {
  return /^[^:=?+!]*/.exec(line)?.[0] ?? '';
}

function readLinesOnTests(text: string): Map<string, string> {
  const lines = text.split('\n').filter((line) => aboutTests.test(line) || /\bskip|\bexclude/i.test(line));
  return new Map([['lines on tests', lines.map((line) => line.trim()).join('\n')]]);
}
