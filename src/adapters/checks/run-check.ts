import { realpathSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CheckResult } from '../../domain/check-result.ts';
import { AoError } from '../../domain/errors.ts';
import { type Finding, wholeCheckId } from '../../domain/finding.ts';
import { type ProgramResult, runProgram } from '../../lib/subprocess.ts';
import type { CheckContext, CheckOutput, ParsedReport } from '../../ports/check-format.ts';
import type { CheckRun } from '../../ports/checks.ts';
import { resolveCommand } from './command.ts';
import { readOutput } from './formats.ts';
import { instrument, type Instrumented, refused } from './instrument.ts';
import { joinReports } from './join-reports.ts';
import { readReports } from './reports.ts';
import { plainText, tailText, withoutRoots } from './text.ts';

const maxOutputBytes = 8 * 1024 * 1024;
const storedOutput = 64 * 1024;

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
    const reports = found.map(({ name, text }) => ({ name, text: plainReport(text) }));
    return judge(run, { ...output, reports }, program);
  } catch (error) {
    if (!(error instanceof AoError)) throw error;
    return { ...judge(run, { ...output, reports: [] }, program), outcome: 'broken', output: error.message };
  }
}

async function execute(run: CheckRun, what: Instrumented, reportDir: string): Promise<ProgramResult> {
  await rm(reportDir, { recursive: true, force: true });
  await mkdir(reportDir, { recursive: true, mode: 0o700 });
  for (const [name, text] of Object.entries(what.files)) await writeFile(join(reportDir, name), text);
  const program = await runProgram({
    argv: ['/bin/sh', '-c', what.command],
    cwd: run.root,
    env: what.env,
    timeoutMs: run.spec.timeoutMs,
    maxBytes: maxOutputBytes,
    signal: run.signal,
    mark: run.mark,
    directories: [run.root],
  });
  run.signal.throwIfAborted();
  return program;
}

function cleaner(root: string): (text: string) => string {
  const roots = [...new Set([realpathSync(root), root])].sort((a, b) => b.length - a.length);
  return (text) => withoutRoots(plainText(text), roots);
}

/** Reports are structured: only what no reader wants is taken out, paths are read by the formats. */
function plainReport(text: string): string {
  return text.replaceAll('\0', '');
}

function judge(run: CheckRun, output: CheckOutput, program: ProgramResult): CheckResult {
  const { check } = output;
  const base = { check, exitCode: output.exitCode, flaky: [], durationMs: Math.round(program.durationMs) };
  const shown = { output: tailText(output.combined, storedOutput) };
  const parsed = tidy(run, readOutput(output));
  const { passed, skipped, names, files } = parsed;
  const seen = { passed, skipped, names, files, complete: parsed.complete };
  if (output.timedOut) {
    const seconds = Math.round(run.spec.timeoutMs / 1000);
    const message = `It did not end within ${seconds} seconds.\n${tailText(output.combined)}`;
    const findings = [wholeFinding(check, message)];
    return { ...base, ...shown, ...seen, outcome: 'timed_out', findings, complete: false };
  }
  if (output.exitCode === 0) {
    const whole = wholeCheckId(check);
    const withWhole = { ...seen, passed: [...passed, whole], names: { ...names, [whole]: check } };
    return { ...base, ...shown, ...withWhole, outcome: 'passed', findings: [] };
  }
  if (parsed.findings.length > 0)
    return { ...base, ...shown, ...seen, outcome: 'failed', findings: parsed.findings };
  if (isBroken(output))
    return { ...base, ...shown, ...seen, outcome: 'broken', findings: [], complete: false };
  const end = tailText(output.combined).trim();
  const how =
    output.exitCode === null
      ? `It was ended by ${program.signal}.`
      : `It ended with exit code ${output.exitCode}.`;
  const findings = [wholeFinding(check, `${how}\n${end}`)];
  return {
    ...base,
    ...shown,
    ...seen,
    outcome: 'failed',
    findings,
    complete: seen.complete && output.exitCode !== null,
  };
}

/** Messages from report files still hold what text from outside may hold. */
function tidy(run: CheckRun, report: ParsedReport): ParsedReport {
  const clean = cleaner(run.root);
  const findings = report.findings.map((finding) => ({
    ...finding,
    title: clean(finding.title),
    message: clean(finding.message),
  }));
  const names = Object.entries(report.names).map(([id, name]) => [id, clean(name)] as const);
  return { ...joinReports([report]), findings, names: Object.fromEntries(names) };
}

/** The tool itself is missing: that says nothing about the tree. */
function isBroken(output: CheckOutput): boolean {
  if (output.exitCode === 126 || output.exitCode === 127) return true;
  return /^\S*python[\d.]*: No module named (?:pytest|unittest|mypy|ruff|flake8|pylint)$/m.test(
    output.combined,
  );
}

function wholeFinding(check: string, message: string): Finding {
  const title = `${check} failed`;
  return {
    id: wholeCheckId(check),
    check,
    kind: 'check',
    file: null,
    line: null,
    title,
    message: message.trim(),
  };
}
