import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { CheckContext, Instrumentation } from '../../../ports/check-format.ts';

const recorder = readFileSync(new URL('./recorder.mjs', import.meta.url), 'utf8');
const recorderName = 'node-test-recorder.mjs';

/**
 * Adds our reporter through NODE_OPTIONS, so that it also reaches a runner behind npm, make or a script. The processes
 * that the runner starts for its files ignore the setting. Node demands as many destinations as reporters over both
 * places: where the command names reporters itself, ours comes beside them, with the destinations that it leaves open.
 */
export function instrument(context: CheckContext): Instrumentation | null {
  const { resolved, root, reportDir } = context;
  if (!/\bnode\b/.test(resolved) && !existsSync(join(root, 'package.json'))) return null;
  const reporter = pathToFileURL(join(reportDir, recorderName)).href;
  const named = resolved.match(/--test-reporter[= ]/g)?.length ?? 0;
  const placed = resolved.match(/--test-reporter-destination[= ]/g)?.length ?? 0;
  const reporters = named === 0 ? ['spec', reporter] : [reporter];
  const open = named === 0 ? 2 : 1 + Math.max(0, named - placed);
  const options = [
    ...reporters.map((name) => `--test-reporter=${name}`),
    ...Array.from({ length: open }, () => '--test-reporter-destination=stdout'),
  ];
  return { command: null, env: { NODE_OPTIONS: options.join(' ') }, files: { [recorderName]: recorder } };
}
