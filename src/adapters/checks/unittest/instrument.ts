import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CheckContext, Instrumentation } from '../../../ports/check-format.ts';
import { withArguments } from '../command.ts';

const recorder = readFileSync(new URL('./sitecustomize.py', import.meta.url), 'utf8');
/**
 * Python imports a `sitecustomize` module from PYTHONPATH at start; ours records each result of unittest, also behind
 * make, tox, a script or Django. Where that is switched off (`python -I`) the text has to do, which names passing tests
 * only with `-v`.
 */
export function instrument(context: CheckContext): Instrumentation | null {
  const { command, resolved, root, reportDir } = context;
  const python = /\b(?:python[\d.]*|pypy\d*|unittest|tox|nox|nose2|uv|poetry|manage\.py)\b/.test(resolved);
  const marks = ['pyproject.toml', 'setup.py', 'setup.cfg', 'manage.py', 'tox.ini'];
  if (!python && !marks.some((name) => existsSync(join(root, name)))) return null;
  const isDirect = /^python[\d.]*$/;
  const verbose = withArguments(root, command, {
    is: ({ name, args }) =>
      isDirect.test(name) && args.includes('unittest') && !args.includes('-v') && !args.includes('--verbose'),
    args: ['-v'],
  });
  return {
    command: verbose,
    env: { PYTHONPATH: reportDir },
    files: { 'sitecustomize.py': recorder },
  };
}
