import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { CheckContext, Instrumentation } from '../../../ports/check-format.ts';

const recorder = readFileSync(new URL('./recorder.mjs', import.meta.url), 'utf8');
const recorderName = 'node-test-recorder.mjs';

/**
 * Adds our reporter through NODE_OPTIONS, so that it also reaches a runner behind npm, make or a script. The processes
 * that the runner starts for its files ignore the setting. A command that names a reporter itself is left alone: Node
 * demands as many destinations as reporters over both places.
 */
export function instrument(context: CheckContext): Instrumentation | null {
  const { resolved, root, reportDir } = context;
  if (resolved.includes('--test-reporter')) return null;
  if (!/\bnode\b/.test(resolved) && !existsSync(join(root, 'package.json'))) return null;
  const reporter = pathToFileURL(join(reportDir, recorderName)).href;
  const options = [
    '--test-reporter=spec',
    '--test-reporter-destination=stdout',
    `--test-reporter=${reporter}`,
    '--test-reporter-destination=stdout',
  ];
  return { command: null, env: { NODE_OPTIONS: options.join(' ') }, files: { [recorderName]: recorder } };
}
