// Records what the tools say about the projects of projects.ts, as fixtures of their formats.
// Usage: node src/adapters/checks/test-support/record.ts TOOLS [NAME…]
// TOOLS is a directory with node_modules/.bin (npm install vitest eslint typescript mocha jest tape
// @microsoft/eslint-formatter-sarif); python3, pytest, flake8, gcc, clang, make, go, cargo and node come from PATH. AO_RECORD_SUFFIX tells two versions of a tool apart.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { delimiter, join, relative, resolve } from 'node:path';
import { runProgram } from '../../../lib/subprocess.ts';
import type { CheckContext } from '../../../ports/check-format.ts';
import { resolveCommand } from '../command.ts';
import { instrument } from '../instrument.ts';
import { readReports } from '../reports.ts';
import { programOf } from '../shell-text.ts';
import { plainText, withoutRoots } from '../text.ts';
import { projects, recordedOnly } from './projects.ts';
import { type Files, filesOf } from './projects/project.ts';
import { folder, inProject, type Recording } from './recordings.ts';

const [toolsArgument = '.', ...names] = process.argv.slice(2);
const tools = resolve(toolsArgument);
const suffix = process.env['AO_RECORD_SUFFIX'] ?? '';

for (const project of projects) {
  if (names.length > 0 && !names.includes(project.name)) continue;
  for (const variant of ['failing', 'fixed', 'moved'] as const) {
    await record({ ...project, name: `${project.name}-${variant}`, files: filesOf(project, variant) });
  }
}
for (const project of recordedOnly)
  if (names.length === 0 || names.includes(project.name)) await record(project);

async function record(project: {
  name: string;
  format: string;
  command: string;
  files: Files;
}): Promise<void> {
  const recording = await inProject(project.files, (root) => observe(project, root));
  const fixtures = join(folder, project.format, 'fixtures');
  mkdirSync(fixtures, { recursive: true });
  const path = join(fixtures, `${project.name}${suffix}.json`);
  writeFileSync(path, `${JSON.stringify({ ...recording, files: project.files }, null, 1)}\n`);
  console.log(path, recording.output.exitCode);
}

async function observe(project: { command: string }, root: string): Promise<Recording> {
  symlinkSync(join(tools, 'node_modules'), join(root, 'node_modules'));
  const reportDir = mkdtempSync(join(tmpdir(), 'ao-reports-'));
  const { command } = project;
  const context: CheckContext = {
    check: 'test',
    command,
    resolved: resolveCommand(root, command),
    reportDir,
    root,
  };
  const path = `${join(tools, 'node_modules/.bin')}${delimiter}${process.env['PATH'] ?? ''}`;
  const env = { PATH: path, HOME: homedir(), LANG: 'C.UTF-8' };
  const instrumented = instrument(context, env);
  for (const [name, text] of Object.entries(instrumented.files)) writeFileSync(join(reportDir, name), text);
  const argv = ['/bin/sh', '-c', instrumented.command];
  const program = await runProgram({
    argv,
    cwd: root,
    env: instrumented.env,
    maxBytes: 1024 * 1024,
    timeoutMs: 60_000,
  });
  const anonymous = (text: string): string => anonymise(withoutRoots(plainText(text), [root]));
  const reports = (await readReports(reportDir, Object.keys(instrumented.files))).map(({ name, text }) => ({
    name: name.replace(/\d+/, '1'),
    text: anonymous(text),
  }));
  rmSync(reportDir, { recursive: true });
  const { exitCode, timedOut } = program;
  const output = {
    check: 'test',
    command,
    exitCode,
    timedOut,
    stdout: anonymous(program.stdout),
    stderr: anonymous(program.stderr),
    combined: anonymous(program.combined),
    reports,
  };
  const direct = programOf(command).name;
  const name = /^(?:make|run-tests\.sh)$/.test(direct) ? direct : programOf(context.resolved).name;
  const version = await runProgram({ argv: [name, '--version'], cwd: root, env, maxBytes: 1000 }).catch(
    () => null,
  );
  return { tool: `${name} ${version?.stdout.split('\n')[0] ?? ''}`.trim(), files: {}, output };
}

/** No path, host name or npm setting of the recording machine stays. */
function anonymise(text: string): string {
  return text
    .replaceAll(tools, '/tools')
    .replaceAll(join('..', relative(tmpdir(), tools)), '/tools')
    .replace(/(?:file:\/\/)?(?:\/[\w.@-]+)+\/(lib\/python[\d.]+)\//g, '/usr/$1/')
    .replaceAll(homedir(), '/home/user')
    .replace(/\/tmp\/ao-reports-\w+/g, '/reports')
    .replace(/hostname="[^"]*"/g, 'hostname="host"')
    .replace(/^npm (?:warn|notice).*\n/gm, '');
}
