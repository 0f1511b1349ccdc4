import { existsSync, globSync } from 'node:fs';
import { join } from 'node:path';
import { packageManagerOf, resolveCommand } from './command.ts';
import { makefileText, readMakefile } from './makefile.ts';
import { scriptsOf } from './package-scripts.ts';
import { readText } from './paths.ts';

interface Named {
  name: string;
  command: string;
}

/**
 * Checks that a repository seems to have. What its package.json or its language's own runner says comes first; a
 * makefile is asked only where there is neither, because it mostly calls those.
 */
export async function detectChecks(root: string): Promise<Named[]> {
  const scripts = packageScripts(root);
  const called = scripts.map(({ command }) => resolveCommand(root, command)).join('\n');
  const languages = [...pythonChecks(root), ...goChecks(root), ...rustChecks(root)].filter(
    ({ tool }) => !called.includes(tool),
  );
  const found = [...scripts, ...languages.map(({ name, command }) => ({ name, command }))];
  return found.length > 0 ? found : makeChecks(root);
}

function packageScripts(root: string): Named[] {
  const scripts = scriptsOf(root);
  const manager = packageManagerOf(root);
  const usable = (name: string): boolean => {
    const text = scripts[name];
    return text !== undefined && !/no test specified|(?:^|\s)--watch(?:All)?(?:\s|$)/.test(text);
  };
  const named = (name: string, script: string): Named => {
    const environment = /\breact-scripts test\b/.test(scripts[script] ?? '') ? 'CI=true ' : '';
    const short = script === 'test' && manager !== 'bun';
    return { name, command: `${environment}${manager} ${short ? 'test' : `run ${script}`}` };
  };
  const types = ['typecheck', 'type-check', 'types', 'check-types', 'tsc'].find(usable);
  const found = ['test', 'lint'].filter(usable).map((script) => named(script, script));
  if (types !== undefined) found.push(named('types', types));
  if (found.length === 0 && usable('build')) found.push(named('build', 'build'));
  return found;
}

interface Language extends Named {
  /** Where a script of package.json calls it already, it is not run twice. */
  tool: string;
}

function pythonChecks(root: string): Language[] {
  const tests = globSync(['test*.py', '{test,tests}/**/*.py', '*/test*/**/*.py', '*/test*.py'], { cwd: root })
    .filter((path) => !/(?:^|\/)(?:node_modules|\.venv|venv)\//.test(path))
    .slice(0, 500);
  if (usesPytest(root, tests))
    return [{ name: 'test', command: 'python3 -m pytest', tool: 'pytest' }].map(unique(root));
  const cases = tests.filter((path) => /(?:^|\/)test[^/]*\.py$/.test(path));
  if (cases.length === 0) return [];
  const folders = ['tests', 'test'].filter(
    (name) =>
      cases.some((path) => path.startsWith(`${name}/`)) && !existsSync(join(root, name, '__init__.py')),
  );
  const start =
    folders[0] !== undefined && !cases.some((path) => !path.includes('/')) ? ` -s ${folders[0]}` : '';
  const command = `python3 -m unittest discover -v${start}`;
  return [{ name: 'test', command, tool: 'unittest' }].map(unique(root));
}

/** A repository of two languages has two checks called test. */
function unique(root: string): (check: Language) => Language {
  const taken = packageScripts(root).some(({ name }) => name === 'test');
  return (check) => (taken ? { ...check, name: check.tool.replace(/\W+/g, '-') } : check);
}

function usesPytest(root: string, tests: readonly string[]): boolean {
  const marks = ['pytest.ini', '.pytest.ini', 'conftest.py', 'tests/conftest.py', 'test/conftest.py'];
  if (marks.some((name) => existsSync(join(root, name)))) return true;
  if (/^\[tool\.pytest/m.test(readText(join(root, 'pyproject.toml')))) return true;
  if (/^\[(?:tool:)?pytest\]/m.test(readText(join(root, 'setup.cfg')) + readText(join(root, 'tox.ini'))))
    return true;
  const texts = tests.slice(0, 50).map((path) => readText(join(root, path)));
  if (texts.some((text) => /^\s*(?:import|from) pytest\b/m.test(text))) return true;
  // Bare test functions are found by pytest only.
  return texts.some((text) => /^def test_\w+\(/m.test(text) && !/\bunittest\b/.test(text));
}

function goChecks(root: string): Language[] {
  if (!existsSync(join(root, 'go.mod'))) return [];
  return [
    { name: 'go-test', command: 'go test ./...', tool: 'go test' },
    { name: 'go-vet', command: 'go vet ./...', tool: 'go vet' },
  ];
}

function rustChecks(root: string): Language[] {
  return existsSync(join(root, 'Cargo.toml'))
    ? [{ name: 'cargo-test', command: 'cargo test', tool: 'cargo test' }]
    : [];
}

function makeChecks(root: string): Named[] {
  const targets = readMakefile(makefileText(root, '.', null)).flatMap((rule) => rule.targets);
  const target = ['test', 'check'].find((name) => targets.includes(name));
  return target === undefined ? [] : [{ name: target, command: `make ${target}` }];
}
