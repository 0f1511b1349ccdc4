import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import type { Report } from '../../src/domain/report.ts';
import { usersState } from '../scenarios/support/users-state.ts';
import { openRepository, type TestRepository } from '../support/repositories.ts';
import { type PlannedTasks, writeScript } from './agent-script.ts';
import { findMistakes, type Noticed } from './break-project.ts';
import { fetchArchive } from './fetch.ts';
import { type Lab, openLab } from './lab.ts';
import { type Mutation, mutate } from './mutate.ts';
import type { ForeignProject } from './projects.ts';
import { mustRun } from './run.ts';

export interface Green {
  /** What ao saw pass in the published project. */
  tests: number;
  mistakes: Mutation[];
  findings: number;
  tasks: number;
  attempts: number;
  refused: number;
  commits: number;
}

interface Bench {
  project: ForeignProject;
  /** The user's repository. */
  repository: TestRepository;
  lab: Lab;
  /** Runs the command line and gives back what it printed; throws where it ends with anything but 0. */
  ao(...args: string[]): Promise<string>;
}

export type RunAo = (args: readonly string[], signal?: AbortSignal) => Promise<string>;

/** One project from its archive over broken to green again; throws where anything is not as it has to be. */
export async function goGreen(
  project: ForeignProject,
  { directory, seed, runAo }: { directory: string; seed: number; runAo: RunAo },
): Promise<Green> {
  const repository = await unpack(project, directory);
  const lab = await openLab(project, directory);
  const setup = project.install === null || project.from === 'npm' ? [] : ['--setup', project.install];
  const flags = ['--json', '--env', 'npm_config_before', ...setup, ...project.flags];
  const ao: Bench['ao'] = (...args) => runAo(['fix', directory, ...args, ...flags]);
  const bench: Bench = { project, repository, lab, ao };
  const tests = await seenInPublished(bench);
  const { script, mistakes } = await breakIt(bench, seed);
  const broken = await repository.head();
  const state = await usersState(repository);
  const report = JSON.parse(await ao('--agent', 'scripted', '--agent-script', script)) as Report;
  assert.equal(report.ok, true);
  assert.deepEqual(await usersState(repository), state, 'more than the branch was changed');
  assert.equal(await treeOf(repository, 'HEAD'), await treeOf(repository, 'published'));
  const commits = await provedCommits(bench, broken);
  assert.ok(await lab.passes(), 'its own tests do not pass in the end');
  const attempts = report.tasks.flatMap((task) => task.attempts);
  const refused = attempts.filter(({ outcome }) => outcome === 'failed').length;
  const findings = report.baseline.findings.length;
  return {
    tests,
    mistakes,
    findings,
    tasks: report.tasks.length,
    attempts: attempts.length,
    refused,
    commits,
  };
}

async function unpack(project: ForeignProject, directory: string): Promise<TestRepository> {
  const archive = await fetchArchive(project);
  await mkdir(directory, { recursive: true });
  await mustRun(['tar', '-xf', archive, '--strip-components=1', '-C', directory], directory);
  const repository = openRepository(directory);
  await repository.git('init', '--quiet', '--initial-branch=main');
  await repository.git('config', 'user.name', 'Ursula User');
  await repository.git('config', 'user.email', 'ursula@example.com');
  await repository.git('add', '--all', '--force');
  await repository.git('commit', '--quiet', `--message=${project.name} ${project.version} as published`);
  await repository.git('tag', 'published');
  return repository;
}

/** Its own tests pass, and ao reads from them that they do; how much it sees pass. */
async function seenInPublished({ lab }: Bench): Promise<number> {
  assert.ok(await lab.passes(), 'its own tests do not pass as it was published');
  const checks = await lab.look();
  for (const { check, outcome, output } of checks) assert.equal(outcome, 'passed', `${check}: ${output}`);
  return checks.reduce((sum, { passed }) => sum + passed.length - 1, 0); // one is the check itself
}

/** Commits mistakes that the tests notice, and writes the script of agents who know them. */
async function breakIt(bench: Bench, seed: number): Promise<{ script: string; mistakes: Mutation[] }> {
  const { project, repository, lab } = bench;
  const [spare, ...mistakes] = await findMistakes(lab, project.sources, seed);
  assert.ok(spare !== undefined && mistakes.length >= 2, 'the tests notice too little');
  const broken = await brokenTexts(lab, mistakes);
  await repository.commit(Object.fromEntries(broken), 'Make mistakes');
  const planned = JSON.parse(await bench.ao('--dry-run')) as PlannedTasks;
  assert.ok(planned.tasks.length > 0, 'nothing is planned');
  if (!broken.has(spare.mutation.file)) broken.set(spare.mutation.file, await lab.read(spare.mutation.file));
  const script = `${repository.path}-agents.json`;
  const known = { mistakes, spare: spare.mutation, broken };
  await writeFile(script, JSON.stringify(writeScript(planned, known), null, 1));
  return { script, mistakes: mistakes.map(({ mutation }) => mutation) };
}

async function brokenTexts(lab: Lab, mistakes: readonly Noticed[]): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  for (const { mutation } of mistakes) {
    const text = texts.get(mutation.file) ?? (await lab.read(mutation.file));
    texts.set(mutation.file, mutate(text, mutation));
  }
  return texts;
}

/** Runs the tests at each first-parent commit behind `before`: nothing that was seen to pass is lost on the way. */
async function provedCommits({ lab, repository }: Bench, before: string): Promise<number> {
  const log = await repository.git('rev-list', '--first-parent', '--reverse', `${before}..HEAD`);
  const commits = log.split('\n').filter((line) => line !== '');
  assert.ok(commits.length > 0, 'nothing landed');
  let known = new Map<string, string>();
  for (const commit of [before, ...commits]) {
    await lab.checkOut(commit);
    const checks = await lab.look();
    const names = new Map(checks.flatMap((check) => Object.entries(check.names)));
    const passed = new Set(checks.flatMap((check) => check.passed));
    const lost = [...known].flatMap(([id, name]) => (passed.has(id) || isStep(name) ? [] : [name]));
    assert.deepEqual(lost, [], `${commit} is redder than the one before it`);
    known = new Map([...passed].map((id) => [id, names.get(id) ?? id]));
  }
  return commits.length;
}

/** One of make that has nothing to do is not run again in the lab, where what was built stays. */
function isStep(name: string): boolean {
  return name.startsWith('step:');
}

function treeOf(repository: TestRepository, revision: string): Promise<string> {
  return repository.git('rev-parse', `${revision}^{tree}`);
}
