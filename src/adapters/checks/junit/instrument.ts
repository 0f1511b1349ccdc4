import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { CheckContext, Instrumentation } from '../../../ports/check-format.ts';
import { withArguments } from '../command.ts';

interface Runner {
  is: (program: { name: string; args: string[] }) => boolean;
  /** A command that already asks for a report keeps its own. */
  unless: RegExp;
  args: (path: string) => string[];
}

const runners: readonly Runner[] = [
  {
    is: ({ name, args }) => name === 'vitest' && args[0] !== 'bench' && args[0] !== 'watch',
    unless: /--reporter|--outputFile/,
    args: (path) => ['--reporter=default', '--reporter=junit', `--outputFile.junit=${path}`],
  },
  {
    is: ({ name }) => name === 'mocha' || name === '_mocha',
    unless: /--reporter|\s-R\b/,
    args: (path) => ['--reporter', 'xunit', '--reporter-option', `output=${path}`],
  },
];

/**
 * pytest takes arguments from the environment, also behind make or tox: the report (with file and line: `xunit1`), and
 * not to give up on all tests because one file cannot be imported. Others get arguments where they stand at the end.
 */
export function instrument(context: CheckContext): Instrumentation | null {
  const { resolved, root, reportDir } = context;
  const env: Record<string, string> = {};
  if (runsPytest(context)) env.PYTEST_ADDOPTS = pytestOptions(join(reportDir, 'pytest.xml'));
  if (/jest-junit/.test(resolved)) env.JEST_JUNIT_OUTPUT_FILE = join(reportDir, 'jest.xml');
  for (const runner of runners) {
    if (runner.unless.test(resolved)) continue;
    const args = runner.args(join(reportDir, 'junit.xml'));
    const command = withArguments(root, context.command, { is: runner.is, args });
    if (command !== null) return { command, env };
  }
  return Object.keys(env).length === 0 ? null : { command: null, env };
}

function runsPytest({ resolved, root }: CheckContext): boolean {
  if (/--junit-?xml/.test(resolved)) return false;
  if (/\b(?:pytest|py\.test|tox|nox)\b/.test(resolved)) return true;
  return ['pytest.ini', 'conftest.py', 'pyproject.toml', 'tox.ini'].some((name) =>
    existsSync(join(root, name)),
  );
}

function pytestOptions(path: string): string {
  const quoted = /\s/.test(path) ? `'${path}'` : path;
  return `--junit-xml=${quoted} -o junit_family=xunit1 --continue-on-collection-errors`;
}
