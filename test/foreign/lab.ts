import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { makeChecks } from '../../src/adapters/checks/index.ts';
import type { CheckResult, CheckSpec } from '../../src/domain/check-result.ts';
import { shellArgv } from '../../src/lib/shell.ts';
import type { ForeignProject } from './projects.ts';
import { mustRun, plainEnvironment, run } from './run.ts';

/** A clone of the repository, beside it, in which the project's own tests can be run at any commit. */
export interface Lab {
  read(file: string): Promise<string>;
  write(file: string, text: string): Promise<void>;
  checkOut(commit: string): Promise<void>;
  /** Whether the project's own tests pass, as a person runs them. */
  passes(): Promise<boolean>;
  /** What ao reads from the checks here. */
  look(limits?: { timeoutMs: number }): Promise<CheckResult[]>;
}

/** Long for tests that take seconds, also on a busy machine. */
const patience = 300_000;

export async function openLab(project: ForeignProject, repository: string): Promise<Lab> {
  const root = `${repository}-lab`;
  await cp(repository, root, { recursive: true });
  if (project.install !== null) await mustRun(shellArgv(project.install), root);
  const checks = await checksOf(project, root);
  return {
    read: (file) => readFile(path.join(root, file), 'utf8'),
    write: (file, text) => writeFile(path.join(root, file), text),
    checkOut: async (commit) => {
      await mustRun(['git', 'fetch', '--quiet', repository, 'HEAD'], root);
      await mustRun(['git', 'checkout', '--quiet', '--force', '--detach', commit], root);
    },
    passes: async () => (await run(shellArgv(project.test), root, patience)).exitCode === 0,
    look: async ({ timeoutMs } = { timeoutMs: patience }) => {
      const results: CheckResult[] = [];
      for (const check of checks) results.push(await runOne({ ...check, timeoutMs }, root));
      return results;
    },
  };
}

/** Those that ao detects, unless the project's flags name others. */
async function checksOf(
  { flags }: ForeignProject,
  root: string,
): Promise<{ name: string; command: string }[]> {
  const [name, command] = flags[flags.indexOf('--check') + 1]?.split('=') ?? [];
  const named = flags.includes('--check') && name !== undefined && command !== undefined;
  const checks = named ? [{ name, command }] : await makeChecks().detect(root);
  if (checks.length === 0) throw new Error(`no check is detected in ${root}`);
  return checks;
}

async function runOne(spec: CheckSpec, root: string): Promise<CheckResult> {
  const dir = await mkdtemp(`${root}-output-`);
  try {
    const signal = new AbortController().signal;
    return await makeChecks().run({
      spec,
      root,
      env: plainEnvironment(),
      mark: `foreign-${dir}`,
      dir,
      signal,
    });
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
