// The architecture as rules: each takes files and names what breaks it, so that each can be tried on files in memory.
import { posix } from 'node:path';
import { codeOf, functionsOf, importsOf, type SourceFile } from './scan.ts';

export type Rule = (files: readonly SourceFile[]) => string[];

export interface SizeAllowlist {
  /** path → the most lines it may have. Entries may only shrink and go. */
  readonly files: Readonly<Record<string, number>>;
  /** "path name" → the most lines that function may have. */
  readonly functions: Readonly<Record<string, number>>;
}

export const maxFileLines = 400;
export const maxFunctionLines = 70;

const isTest = (path: string): boolean => /\.test\.ts$|\/(?:fixtures|test-support)\//.test(path);

const productFiles = (files: readonly SourceFile[]): SourceFile[] =>
  files.filter(({ path }) => path.startsWith('src/') && !isTest(path));

/** The repository's path that a relative specifier means; undefined for a package or a Node module. */
function targetOf(path: string, specifier: string): string | undefined {
  return specifier.startsWith('.') ? posix.join(posix.dirname(path), specifier) : undefined;
}

function importedPaths(file: SourceFile): string[] {
  return importsOf(file).flatMap((specifier) => targetOf(file.path, specifier) ?? []);
}

// What the files below a folder may import, as beginnings of paths. A folder may always import from itself,
// adapters excepted.
const mayImport: Readonly<Record<string, readonly string[]>> = {
  lib: [],
  domain: ['src/lib/'],
  ports: ['src/domain/', 'src/lib/'],
  engine: ['src/ports/', 'src/domain/', 'src/lib/'],
  api: ['src/engine/', 'src/ports/', 'src/domain/', 'src/lib/'],
  adapters: ['src/ports/', 'src/domain/', 'src/lib/'],
  cli: ['src/api/client', 'src/api/contract', 'src/lib/', 'src/config/'],
  demo: ['src/cli/', 'src/api/client', 'src/api/contract', 'src/lib/', 'src/config/'],
  config: ['src/domain/', 'src/lib/'],
  daemon: ['src/'],
};

const layerOf = (path: string): string => (path.split('/')[1] ?? '').replace(/\.ts$/, '');

/**
 * An adapter is a folder below its kind, as src/adapters/agents/codex/, or the files of a kind that has no folders.
 * It may also use what lies directly in the folder of its kind: that is common ground, not another adapter.
 */
function sameAdapter(from: string, to: string): boolean {
  const [folder, kind] = [posix.dirname(from), from.split('/').slice(0, 3).join('/')];
  if (from.split('/').length < 4) return false;
  if (posix.dirname(to) === kind) return true;
  return folder !== kind && to.startsWith(`${from.split('/').slice(0, 4).join('/')}/`);
}

/** The demo uses the command line's screen, and one command starts the demo. */
const startsTheDemo = 'src/cli/commands/demo.ts';

/** A kind with many adapters may list them in one file of its own: src/adapters/checks/formats.ts. */
const isRegistryOfKind = (path: string): boolean => /^src\/adapters\/[^/]+\/formats\.ts$/.test(path);

function mayReach(from: string, to: string): boolean {
  const layer = layerOf(from);
  if (layer === 'adapters' && sameAdapter(from, to)) return true;
  if (layer !== 'adapters' && to.startsWith(`src/${layer}/`)) return true;
  if (from === 'src/adapters/registry.ts' && to.startsWith('src/adapters/')) return true;
  if (isRegistryOfKind(from) && to.startsWith(`${posix.dirname(from)}/`)) return true;
  if (from === startsTheDemo && to.startsWith('src/demo/')) return true;
  return (mayImport[layer] ?? []).some((start) => to.startsWith(start));
}

export const importsAgainstTheLayers: Rule = (files) =>
  productFiles(files).flatMap((file) =>
    importedPaths(file)
      .filter((to) => !mayReach(file.path, to))
      .map((to) => `${file.path} imports ${to}`),
  );

export const foldersWithoutALayer: Rule = (files) =>
  productFiles(files)
    .filter(({ path }) => !(layerOf(path) in mayImport))
    .map(({ path }) => `${path} belongs to no layer that test/architecture/rules.ts knows`);

export const impureDomain: Rule = (files) =>
  productFiles(files)
    .filter(({ path }) => path.startsWith('src/domain/'))
    .flatMap((file) => {
      const modules = importsOf(file).filter((specifier) => !specifier.startsWith('.'));
      const uses = codeOf(file.text).matchAll(
        /\b(?:Date\.now|new Date\(\)|Math\.random|performance\.|crypto\.|process\.|console\.|fetch\(|set(?:Timeout|Interval)\()/g,
      );
      return [...modules, ...[...uses].map(([use]) => use)].map((what) => `${file.path} uses ${what}`);
    });

export const importCycles: Rule = (files) => {
  const graph = new Map(productFiles(files).map((file) => [file.path, importedPaths(file)]));
  const cycles: string[] = [];
  const finished = new Set<string>();
  const visit = (path: string, trail: readonly string[]): void => {
    const seenAt = trail.indexOf(path);
    if (seenAt >= 0) cycles.push([...trail.slice(seenAt), path].join(' → '));
    if (seenAt >= 0 || finished.has(path)) return;
    for (const next of graph.get(path) ?? []) visit(next, [...trail, path]);
    finished.add(path);
  };
  for (const path of graph.keys()) visit(path, []);
  return cycles;
};

const lineCount = (text: string): number => text.split('\n').length - (text.endsWith('\n') ? 1 : 0);

export const longFiles =
  (allowed: SizeAllowlist): Rule =>
  (files) =>
    productFiles(files)
      .filter(({ path, text }) => lineCount(text) > (allowed.files[path] ?? maxFileLines))
      .map(({ path, text }) => `${path} has ${lineCount(text)} lines`);

export const longFunctions =
  (allowed: SizeAllowlist): Rule =>
  (files) =>
    productFiles(files).flatMap((file) =>
      functionsOf(file)
        .filter(({ name, lines }) => lines > (allowed.functions[`${file.path} ${name}`] ?? maxFunctionLines))
        .map(({ name, line, lines }) => `${file.path}:${line} ${name} has ${lines} lines`),
    );

/** An entry must go when its file or function is within the limit, and shrink when that has become shorter. */
export const looseAllowances =
  (allowed: SizeAllowlist): Rule =>
  (files) => {
    const sizes = new Map<string, number>();
    for (const file of productFiles(files)) {
      sizes.set(file.path, lineCount(file.text));
      for (const { name, lines } of functionsOf(file)) {
        const key = `${file.path} ${name}`;
        sizes.set(key, Math.max(lines, sizes.get(key) ?? 0));
      }
    }
    const loose = (entries: Readonly<Record<string, number>>, limit: number): string[] =>
      Object.entries(entries)
        .filter(([key, allowance]) => (sizes.get(key) ?? 0) <= limit || (sizes.get(key) ?? 0) < allowance)
        .map(
          ([key, allowance]) => `${key} is allowed ${allowance} lines and has ${sizes.get(key) ?? 'gone'}`,
        );
    return [...loose(allowed.files, maxFileLines), ...loose(allowed.functions, maxFunctionLines)];
  };

/** Every place in the code, comments and strings left out, where the pattern stands. */
function placesOf(files: readonly SourceFile[], pattern: RegExp): string[] {
  return files.flatMap((file) => {
    const code = codeOf(file.text);
    return [...code.matchAll(pattern)].map(
      (match) => `${file.path}:${lineCount(`${code.slice(0, match.index)}\n`)} ${match[0].trim()}`,
    );
  });
}

/** A file with a variable of that name is left to the linter, whose parser knows a type from a value. */
export const anyTypes: Rule = (files) =>
  placesOf(
    files.filter(({ text }) => !/\b(?:const|let)\s+any\b/.test(codeOf(text))),
    /(?:[:<,|&(]|\bas|=>?)\s*any\b(?!\s*(?:[:(?.]|=[^>]))/g,
  );

export const silencedCompiler: Rule = (files) =>
  files.flatMap(({ path, text }) =>
    // A comment stands at the start of a line or behind code; in quotes it is data (of a test of ours).
    [...text.matchAll(/^[^'"`\n]*(?:\/\/|\/\*)\s*(@ts-(?:ignore|nocheck|expect-error))/gm)].map(
      (match) => `${path} ${match[1]}`,
    ),
  );

export const drawerClasses: Rule = (files) =>
  placesOf(productFiles(files), /\bclass\s+\w*(?:Manager|Service|Helpers?|Utils?)\b/g);

export const shells: Rule = (files) =>
  placesOf(
    productFiles(files),
    /(?<![\w$.])exec\(|\bchild_?[pP]rocess\.exec\(|\bexecSync\b|\bshell\s*:\s*true\b/g,
  );
