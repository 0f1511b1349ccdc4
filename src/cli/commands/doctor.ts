import type { Define } from '../command.ts';
import { type Finding, runChecks } from '../doctor-checks.ts';
import { paint, printJson, printLine } from '../output/style.ts';

const colours = { ok: 'green', warn: 'yellow', fail: 'red' } as const;

export const define: Define = (command) => {
  command
    .option('--fix', 'mend what can be mended without risk, and say what was done')
    .option('--json', 'one JSON document on stdout')
    .action(doctor);
};

async function doctor({ fix = false, json }: { fix?: boolean; json?: boolean }): Promise<void> {
  const checks = await runChecks({ fix });
  const ok = checks.every(({ status }) => status !== 'fail');
  if (json === true) printJson({ ok, checks });
  else for (const check of checks) print(check);
  if (!ok) process.exitCode = 1;
}

function print({ name, status, message, hint, mended }: Finding): void {
  const [first = '', ...others] = message.split('\n');
  const done = mended === null ? null : `mended: ${mended}`;
  printLine(`${paint(colours[status], status.padEnd(4))}  ${name.padEnd(7)}  ${first}`);
  for (const line of [...others, hint, done]) if (line !== null) printLine(`${' '.repeat(15)}${line}`);
}
