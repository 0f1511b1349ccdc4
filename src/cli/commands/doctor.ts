import type { Define } from '../command.ts';
import { type Finding, runChecks } from '../doctor-checks.ts';
import { paint, printJson, printLine } from '../output/style.ts';

const colours = { ok: 'green', warn: 'yellow', fail: 'red' } as const;

export const define: Define = (command) => {
  command.option('--json', 'one JSON document on stdout').action(doctor);
};

async function doctor({ json }: { json?: boolean }): Promise<void> {
  const checks = await runChecks();
  const ok = checks.every(({ status }) => status !== 'fail');
  if (json === true) printJson({ ok, checks });
  else for (const check of checks) print(check);
  if (!ok) process.exitCode = 1;
}

function print({ name, status, message, hint }: Finding): void {
  const [first = '', ...others] = message.split('\n');
  printLine(`${paint(colours[status], status.padEnd(4))}  ${name.padEnd(6)}  ${first}`);
  for (const line of [...others, ...(hint === null ? [] : [hint])]) printLine(`${' '.repeat(14)}${line}`);
}
