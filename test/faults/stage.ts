import { execFile } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { makeRepository, temporaryDirectory, type TestRepository } from '../support/repositories.ts';
import type { Version } from './version.ts';

export const names = ['ant', 'bee', 'cat'] as const;

export interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

/** A data directory, a red repository of three modules with a check that takes no time, and a script of its agents. */
export interface Stage {
  scratch: string;
  home: string;
  repository: TestRepository;
  before: string;
  version: Version;
  env: Record<string, string>;
  ao(...args: string[]): Promise<Outcome>;
  /** `<task>.<attempt>` of each agent that really started, written by the agents themselves. */
  started(): Promise<string[]>;
  remove(): Promise<void>;
}

const check = `status=0
for name in ${names.join(' ')}; do
  if grep -q right "src/$name.txt"; then echo "PASS: $name"; else echo "FAIL: $name"; status=1; fi
done
echo "PASS: all were looked at"
exit $status
`;

export const fixFlags = { agent: 'scripted', group: 'finding', checks: ['test=sh check.sh'] };

export async function makeStage(version: Version): Promise<Stage> {
  const scratch = await temporaryDirectory();
  const modules = Object.fromEntries(names.map((name) => [`src/${name}.txt`, 'wrong\n']));
  const repository = await makeRepository({ files: { 'check.sh': check, ...modules } });
  const [home, starts, script] = ['home', 'starts', 'script.json'].map((name) => path.join(scratch, name));
  if (!home || !starts || !script) throw new Error('no place');
  await mkdir(home);
  await writeFile(starts, '');
  await writeFile(script, JSON.stringify({ rules: names.map((name, at) => ruleFor(name, at, starts)) }));
  const { PATH = '', HOME = '', TMPDIR } = process.env;
  const cache = path.join(version.root, 'cache'); // as the launcher sets it: halves each start
  const own = { AO_HOME: home, AO_AGENT_SCRIPT: script, NODE_COMPILE_CACHE: cache };
  const env = { PATH, HOME, ...own, ...(TMPDIR ? { TMPDIR } : {}) };
  const ao = commandsOf(version, env, scratch);
  return {
    scratch,
    home,
    repository,
    before: await repository.head(),
    version,
    env,
    ao,
    started: async () => (await readFile(starts, 'utf8')).split('\n').filter((line) => line !== ''),
    remove: async () => {
      await ao('daemon', 'stop', '--agents');
      await rm(scratch, { recursive: true, force: true, maxRetries: 5 });
      await repository.remove();
    },
  };
}

/** The same place under the commands of another version. */
export function upgraded(stage: Stage, version: Version): Stage {
  return { ...stage, version, ao: commandsOf(version, stage.env, stage.scratch) };
}

function commandsOf(version: Version, env: Record<string, string>, cwd: string): Stage['ao'] {
  const main = path.join(version.root, 'src/cli/main.ts');
  return (...args) => run([main, ...args], env, cwd);
}

function ruleFor(name: string, at: number, starts: string) {
  return {
    match: { finding: name },
    steps: [
      { run: ['sh', '-c', `echo "$AO_TASK_ID.$AO_ATTEMPT" >> '${starts}'`] },
      { wait: at * 400 },
      { replace: { file: `src/${name}.txt`, from: 'wrong', to: 'right' } },
    ],
  };
}

function run(args: string[], env: Record<string, string>, cwd: string): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(process.execPath, args, { env, cwd, timeout: 60_000 }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), stdout, stderr });
    });
  });
}
