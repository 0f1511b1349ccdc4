import { nameOf } from './rule.ts';

const code =
  /\.(?:[cm]?[jt]sx?|vue|svelte|py|rb|go|rs|java|kt|kts|scala|groovy|cs|fs|vb|php|c|h|cc|cpp|cxx|hpp|m|mm|swift|dart|ex|exs|erl|hs|ml|lua|pl|t|r|jl|sh|bash|bats|zig|nim|clj|cljs|elm)$/i;
const folders = new Set([
  'test',
  'tests',
  '__tests__',
  '__test__',
  '__snapshots__',
  '__mocks__',
  'testdata',
  'e2e',
  'cypress',
]);
const codeFolders = new Set(['spec', 'specs', 'integration_test', 'integration-tests', 'testlib']);

/** By the usual conventions of languages and runners. Folders of tests hold their data and helpers too. */
export function isTestFile(path: string): boolean {
  const parts = path.split('/').slice(0, -1);
  if (parts.some((part) => folders.has(part))) return true;
  if (!code.test(path)) return path.endsWith('.snap');
  if (parts.some((part) => codeFolders.has(part))) return true;
  const stem = nameOf(path).replace(/\.[^.]+$/, '');
  return (
    /^tests?(?:$|[._-])/i.test(stem) ||
    /[._-](?:tests?|specs?|cy|e2e)$/i.test(stem) ||
    /[a-z0-9](?:Tests?|TestCase|IT|Specs?)$/.test(stem) ||
    /^Tests?[A-Z]/.test(stem) ||
    stem === 'conftest' ||
    /\.(?:bats|t)$/.test(path)
  );
}

/**
 * Code that runners load by its name alone: a new one changes tests without touching them, so that it may not even be
 * added.
 */
export function isTestSetup(path: string): boolean {
  return /(?:^|\/)(?:conftest\.py|__mocks__\/.*|setupTests\.[jt]sx?|(?:spec|rails|test)_helper\.rb)$/.test(
    path,
  );
}

/** Source code that has its tests inside: it has to be edited, and its tests are held by the inventory. */
export function hasInlineTests(path: string, text: string | null): boolean {
  if (text === null || isTestFile(path)) return false;
  if (path.endsWith('.rs')) return /#\[\s*(?:cfg\s*\(\s*test\b|test\b|tokio::test)/.test(text);
  if (path.endsWith('.py')) return /^[ \t]*>>> /m.test(text);
  if (/\.[cm]?[jt]sx?$/.test(path)) return text.includes('import.meta.vitest');
  return /\.(?:zig|d)$/.test(path) && /^[ \t]*(?:test|unittest)\b/m.test(text);
}
