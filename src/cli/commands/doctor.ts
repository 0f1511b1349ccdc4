import { cleanText } from '../../lib/clean-text.ts';
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
  else {
    const width = Math.max(...checks.map(({ name }) => name.length));
    for (const check of checks) print(check, width);
  }
  if (!ok) process.exitCode = 1;
}

function print({ name, status, message, hint, mended }: Finding, width: number): void {
  const [first = '', ...others] = cleanText(message).split('\n');
  const done = mended === null ? null : `mended: ${mended}`;
  printLine(`${paint(colours[status], status.padEnd(4))}  ${name.padEnd(width)}  ${first}`);
  for (const line of [...others, hint, done]) if (line !== null) printLine(`${' '.repeat(8 + width)}${line}`);
}
