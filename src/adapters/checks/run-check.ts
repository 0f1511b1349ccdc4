import { mkdir, rm, writeFile } from 'node:fs/promises';
import { constants } from 'node:os';
import { join } from 'node:path';
import type { CheckResult } from '../../domain/check-result.ts';
import { AoError } from '../../domain/errors.ts';
import { shellArgv } from '../../lib/shell.ts';
import { type ProgramResult, runProgram } from '../../lib/subprocess.ts';
import type { CheckContext, CheckOutput } from '../../ports/check-format.ts';
import type { CheckRun } from '../../ports/checks.ts';
import { resolveCommand } from './command.ts';
import { instrument, type Instrumented, refused } from './instrument.ts';
import { judgeOutput } from './judge-output.ts';
import { readReports } from './reports.ts';
import { cleaner } from './text.ts';

const deadly = ['SIGHUP', 'SIGINT', 'SIGABRT', 'SIGKILL', 'SIGSEGV', 'SIGTERM'] as const;
const maxOutputBytes = 8 * 1024 * 1024;

export async function runCheck(run: CheckRun): Promise<CheckResult> {
  const { name: check, command } = run.spec;
  const reportDir = join(run.dir, 'reports');
  const context: CheckContext = {
    check,
    command,
    resolved: resolveCommand(run.root, command),
    reportDir,
    root: run.root,
  };
  const instrumented = instrument(context, run.env);
  let program = await execute(run, instrumented, reportDir);
  if (program.exitCode !== 0 && refused(program.combined)) {
    program = await execute(run, { command, env: run.env, files: {} }, reportDir);
  }
  await writeFile(join(run.dir, 'stdout.log'), program.stdout, { mode: 0o600 });
  await writeFile(join(run.dir, 'stderr.log'), program.stderr, { mode: 0o600 });
  const clean = cleaner(run.root);
  const facts = { durationMs: program.durationMs, timeoutMs: run.spec.timeoutMs, signal: program.signal };
  const output: Omit<CheckOutput, 'reports'> = {
    check,
    command,
    root: run.root,
    exitCode: program.exitCode,
    timedOut: program.timedOut,
    stdout: clean(program.stdout),
    stderr: clean(program.stderr),
    combined: clean(program.combined),
  };
  try {
    const found = await readReports(reportDir, Object.keys(instrumented.files));
    const reports = found.map(({ name, text }) => ({ name, text: text.replaceAll('\0', '') }));
    return judgeOutput({ ...output, reports }, facts);
  } catch (error) {
    if (!(error instanceof AoError)) throw error;
    const judged = judgeOutput({ ...output, reports: [] }, facts);
    return { ...judged, outcome: 'broken', findings: [], complete: false, output: error.message };
  }
}

async function execute(run: CheckRun, what: Instrumented, reportDir: string): Promise<ProgramResult> {
  await rm(reportDir, { recursive: true, force: true });
  await mkdir(reportDir, { recursive: true, mode: 0o700 });
  for (const [name, text] of Object.entries(what.files)) await writeFile(join(reportDir, name), text);
  run.signal.throwIfAborted();
  const program = await runProgram({
    argv: shellArgv(what.command),
    cwd: run.root,
    env: what.env,
    timeoutMs: run.spec.timeoutMs,
    maxBytes: maxOutputBytes,
    signal: run.signal,
    mark: run.mark,
    directories: [run.root],
  });
  run.signal.throwIfAborted();
  return { ...program, ...endOf(program) };
}

/** The shell around the command tells of a signal by its exit code: an end from outside, not the command's own word. */
function endOf({ exitCode, signal }: ProgramResult): Pick<ProgramResult, 'exitCode' | 'signal'> {
  const name = deadly.find((one) => exitCode === 128 + constants.signals[one]);
  return name === undefined ? { exitCode, signal } : { exitCode: null, signal: name };
}
