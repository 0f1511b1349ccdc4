import { mkdirSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { test } from 'node:test';
import { checkFormatContract } from '../../../test/contracts/check-format.contract.ts';
import { findExecutable } from '../../lib/executable.ts';
import { runProgram } from '../../lib/subprocess.ts';
import { makeChecks } from './index.ts';
import { judgeOutput } from './judge-output.ts';
import { projects } from './test-support/projects.ts';
import { filesOf, type Project, type Variant } from './test-support/projects/project.ts';
import { inProject, loadRecording, replay } from './test-support/recordings.ts';

const binaries = join(import.meta.dirname, '../../../node_modules/.bin');
const env = {
  PATH: [dirname(process.execPath), binaries, process.env['PATH'] ?? ''].join(delimiter),
  HOME: homedir(),
  LANG: 'C.UTF-8',
};
const checks = makeChecks();

/** rustup's stand-in for cargo looks for the real one in HOME, which is empty here. */
async function isTool(path: string): Promise<boolean> {
  if (!path.endsWith('/cargo')) return true;
  const version = runProgram({ argv: [path, '--version'], cwd: '/', env, maxBytes: 1000 });
  return (await version).exitCode === 0;
}

function replayed(project: Project, suffix: string) {
  return (variant: Variant) => {
    const recording = loadRecording(project.format, `${project.name}-${variant}${suffix}`);
    return inProject(filesOf(project, variant), (root) =>
      judgeOutput(replay(recording, root), { durationMs: 0, timeoutMs: 1000 }),
    );
  };
}

function live(project: Project) {
  return (variant: Variant) =>
    inProject(filesOf(project, variant), async (root) => {
      const dir = `${root}-output`;
      mkdirSync(dir);
      try {
        const spec = { name: 'test', command: project.command, timeoutMs: 60_000 };
        const signal = new AbortController().signal;
        return await checks.run({ spec, root, env, mark: `formats-${root}`, dir, signal });
      } finally {
        rmSync(dir, { recursive: true, force: true });
      }
    });
}

for (const project of projects) {
  const { finding, movedLine, passes } = project;
  const expected = { finding, movedLine, passes };
  const suffixes = project.needs.includes('node') ? ['', '-node20'] : [''];
  for (const suffix of suffixes) {
    checkFormatContract({
      ...expected,
      name: `${project.name}${suffix}, recorded`,
      observe: replayed(project, suffix),
    });
  }
  const found = await Promise.all(project.needs.map((program) => findExecutable(program, '/', env)));
  const runs = await Promise.all(found.map((program) => program.path !== null && isTool(program.path)));
  const missing = project.needs.filter((_, index) => runs[index] !== true);
  if (missing.length === 0)
    checkFormatContract({ ...expected, name: `${project.name}, run here`, observe: live(project) });
  else {
    const why = `${missing.join(', ')} is no part of this repository: its recorded output stands in`;
    test(`${project.name}, run here (skipped: ${why})`, { skip: why }, () => {});
  }
}
