import type { CheckContext, Instrumentation } from '../../ports/check-format.ts';
import { resolveScripts } from './command.ts';
import { programOf, segmentsOf } from './shell-text.ts';

const pnpm = /^pnpm (?:\S+ )*(?:-r|--recursive|recursive|-F|--filter)(?:[ =]|$)/;

/** Programs that run several scripts, or one of several packages, and give up at the first that fails. */
const givingUp: readonly { runs: RegExp; unless: RegExp }[] = [
  { runs: pnpm, unless: / --(?:no-bail|bail=false)(?: |$)/ },
  { runs: /^yarn workspaces (?:run|foreach)(?: |$)/, unless: /(?!)/ },
  { runs: /^lerna run /, unless: / --no-bail(?: |$)/ },
  { runs: /^turbo /, unless: / --continue(?:[ =]|$)/ },
  { runs: /^(?:run-[sp]|npm-run-all2?) /, unless: / (?:-\w*c|--continue-on-error)(?: |$)/ },
];

function callsIn(root: string, command: string): string[] {
  return segmentsOf(resolveScripts(root, command)).map(({ text }) => {
    const { name, args } = programOf(text);
    return [name, ...args].join(' ');
  });
}

/** Whether the scripts behind one that fails were not run, or not to their end. */
export function stopsAtFirstScript(root: string, command: string): boolean {
  return callsIn(root, command).some((call) =>
    givingUp.some(({ runs, unless }) => runs.test(call) && !unless.test(call)),
  );
}

/**
 * One package at a time: pnpm ends the others when one fails, and chance would decide what was seen. That it goes on is not asked for: up to
 * version 10 it would end with success then.
 */
export function instrument({ root, command }: CheckContext): Instrumentation | null {
  if (!callsIn(root, command).some((call) => pnpm.test(call))) return null;
  const name = 'config_workspace_concurrency'; // from 11 on with `pnpm_`
  return { command: null, env: { [`npm_${name}`]: '1', [`pnpm_${name}`]: '1' } };
}
