/**
 * The scripted agent's own program: `node program.ts SCRIPT` plays the steps that its script has for the task it was
 * given, in the current directory. A real process with real files, output and signals, for the demo, tests and
 * benchmarks. It imports little, because it is started often.
 */
import { execFileSync, spawn } from 'node:child_process';
import { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { loadScript, type Match, type Script, type Step } from './script.ts';

interface Task {
  text: string;
  findings: { id: string; file: string | null; title: string }[];
  attempt: number;
}

try {
  for (const step of stepsFor(loadScript(process.argv[2] ?? ''), readTask())) await play(step);
} catch (error) {
  process.stderr.write(`scripted agent: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

function readTask(): Task {
  const { AO_TASK_FILE, AO_FINDINGS_FILE, AO_ATTEMPT } = process.env;
  return {
    text: AO_TASK_FILE ? readFileSync(AO_TASK_FILE, 'utf8') : '',
    findings: AO_FINDINGS_FILE ? JSON.parse(readFileSync(AO_FINDINGS_FILE, 'utf8')) : [],
    attempt: Number(AO_ATTEMPT ?? 1),
  };
}

function stepsFor(script: Script, task: Task): Step[] {
  const steps = script.rules.find((rule) => matches(rule.match, task))?.steps ?? script.otherwise;
  if (steps) return steps;
  const titles = task.findings.map((finding) => finding.title).join(', ');
  throw new Error(
    `no rule of the script matches attempt ${task.attempt} at: ${titles || 'a task without findings'}`,
  );
}

function matches(match: Match, task: Task): boolean {
  const [summary = ''] = task.text.split('```');
  const finding = match.finding === undefined ? null : new RegExp(match.finding);
  return (
    (finding === null ||
      task.findings.some((f) => [f.title, f.file ?? '', f.id].some((text) => finding.test(text)))) &&
    (match.title === undefined || new RegExp(match.title).test(summary)) &&
    (match.attempt === undefined || [match.attempt].flat().includes(task.attempt))
  );
}

async function play(step: Step): Promise<void> {
  if ('say' in step) await print(`${step.say}\n`);
  else if ('replace' in step) replace(step.replace);
  else if ('write' in step) writeTo(step.write, writeFileSync);
  else if ('append' in step) writeTo(step.append, appendFileSync);
  else if ('delete' in step) rmSync(step.delete, { recursive: true });
  else if ('run' in step) runProgram(step.run, step.optional ?? false);
  else if ('commit' in step) commit(step.commit);
  else if ('wait' in step) await delay(step.wait);
  else if ('exit' in step) process.exit(step.exit);
  else if ('crash' in step) await crash(step.crash);
  else if ('hang' in step) await hang(step.ignoreTerm ?? false);
  else if ('flood' in step) await flood(step.flood);
  else spawnDetached(step.spawn);
}

function print(text: string): Promise<void> {
  return new Promise((resolve, reject) =>
    process.stdout.write(text, (error) => (error ? reject(error) : resolve())),
  );
}

function replace({
  file,
  from,
  to,
  optional,
}: {
  file: string;
  from: string;
  to: string;
  optional?: boolean;
}): void {
  const text = readFileSync(file, 'utf8');
  if (text.includes(from))
    writeFileSync(
      file,
      text.replace(from, () => to),
    );
  else if (!optional) throw new Error(`${file} does not hold the text that was to be replaced: ${from}`);
}

function writeTo(
  { file, text }: { file: string; text: string },
  write: (file: string, text: string) => void,
): void {
  mkdirSync(dirname(file), { recursive: true });
  write(file, text);
}

function runProgram([program = '', ...args]: string[], optional: boolean): void {
  try {
    execFileSync(program, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  } catch (error) {
    if (!optional) throw error;
  }
}

function commit(message: string): void {
  runProgram(['git', 'add', '--all'], false);
  const identity = ['-c', 'user.name=scripted', '-c', 'user.email=scripted@localhost'];
  runProgram(['git', ...identity, 'commit', '--quiet', '--message', message], false);
}

async function crash(signal: string): Promise<void> {
  process.kill(process.pid, signal);
  await hang(false);
}

function hang(ignoreTerm: boolean): Promise<never> {
  if (ignoreTerm) process.on('SIGTERM', () => {});
  setInterval(() => {}, 2 ** 30);
  return new Promise(() => {});
}

async function flood(bytes: number): Promise<void> {
  const line = `${'flood '.repeat(10)}\n`;
  const block = line.repeat(1000);
  for (let left = bytes; left > 0; left -= block.length) await print(block.slice(0, left));
}

function spawnDetached([program = '', ...args]: string[]): void {
  const child = spawn(program, args, { detached: true, stdio: 'ignore' });
  child.on('error', (error) => process.stderr.write(`scripted agent: ${error.message}\n`));
  child.unref();
}
