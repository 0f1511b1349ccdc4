import type { CheckContext } from '../../ports/check-format.ts';
import { formats } from './formats.ts';

export interface Instrumented {
  command: string;
  env: Record<string, string>;
  /** For the report directory. */
  files: Record<string, string>;
}

/** How two settings of the same variable go together; any other is replaced. */
const joining: Readonly<Record<string, (theirs: string, ours: string) => string>> = {
  NODE_OPTIONS: (theirs, ours) => `${theirs} ${ours}`,
  PYTEST_ADDOPTS: (theirs, ours) => `${theirs} ${ours}`,
  MAKEFLAGS: (theirs, ours) => `${theirs} ${ours}`,
  PYTHONPATH: (theirs, ours) => `${ours}:${theirs}`,
};

/** What all formats together want changed; the first that replaces the command has it. */
export function instrument(context: CheckContext, env: Readonly<Record<string, string>>): Instrumented {
  const result: Instrumented = { command: context.command, env: { ...env }, files: {} };
  let replaced = false;
  for (const format of formats) {
    const wanted = format.instrument(context);
    if (wanted === null) continue;
    if (wanted.command !== null && !replaced) {
      result.command = wanted.command;
      replaced = true;
    }
    for (const [name, value] of Object.entries(wanted.env)) {
      const known = result.env[name];
      result.env[name] =
        known === undefined || known === '' ? value : (joining[name]?.(known, value) ?? value);
    }
    Object.assign(result.files, wanted.files);
  }
  return result;
}

/** The tool does not know what we asked for: the check has to be run as it was written. */
const refusals = [
  /is not allowed in NODE_OPTIONS/,
  /must match the number of specified '--test-reporter-destination'/,
  /make: (?:unrecognized|illegal|invalid) option.*trace/,
  /error: unrecognized arguments:.*--(?:continue-on-collection-errors|junit-?xml)/,
  /unknown flag: --output\./,
  /(?:Unknown|Invalid|Unexpected|Unrecognized) (?:compiler )?option[^\n]*(?:output-?file|pretty|format|reporter)/i,
];

export function refused(output: string): boolean {
  return refusals.some((pattern) => pattern.test(output));
}
