import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Report } from '../../src/domain/report.ts';
import type { CleanResult } from '../../src/engine/engine.ts';
import { names, type Stage } from './stage.ts';

/** What is wrong after a run whose daemons were killed; empty when everything a person relies on held. */
export async function violations(stage: Stage): Promise<string[]> {
  const resumed = await stage.ao('fix', stage.repository.path, '--resume', '--json');
  if (!resumed.stdout.startsWith('{')) return [`the run has no report: ${resumed.stderr}`];
  const report: Report = JSON.parse(resumed.stdout);
  const found = [
    ...wrongEnd(report),
    ...wrongTasks(report),
    ...wrongStarts(report, await stage.started()),
    ...lostAttempts(report),
    ...(await wrongCommits(stage, report)),
    ...(await leftOver(stage)),
  ];
  await stage.ao('daemon', 'stop', '--agents');
  return [...found, ...wrongDatabase(stage)];
}

function wrongEnd({ ok, outcome, reason, remaining }: Report): string[] {
  if (ok) return [];
  const left = remaining.map((task) => `${task.title}: ${task.reason}`);
  return [`the run did not end green: ${[outcome, reason, ...left].join('; ')}`];
}

function wrongTasks(report: Report): string[] {
  const worked = report.tasks.flatMap(({ findings }) => findings.map(({ title }) => title)).toSorted();
  const lost = worked.length === names.length && new Set(worked).size === worked.length ? [] : [worked];
  const open = report.tasks.filter(({ state, landed }) => state !== 'done' || landed === null);
  return [
    ...lost.map((titles) => `a task is lost or doubled: ${titles.join(', ')}`),
    ...open.map(({ id, state, fixedBy }) => `task ${id} is ${state} without a landing, fixed by ${fixedBy}`),
  ];
}

function wrongStarts(report: Report, started: string[]): string[] {
  const known = report.tasks.flatMap(({ id, attempts }) => attempts.map(({ number }) => `${id}.${number}`));
  return [
    ...(new Set(started).size === started.length ? [] : [`an attempt started twice: ${started.join(' ')}`]),
    ...started.filter((name) => !known.includes(name)).map((name) => `nothing knows of attempt ${name}`),
  ];
}

/** Agents here do what they are asked: no attempt fails but one whose start nobody could write down any more. */
function lostAttempts(report: Report): string[] {
  const why = report.tasks.flatMap(({ attempts }) => attempts.flatMap(({ evidence }) => evidence));
  return why
    .filter(({ summary }) => summary !== 'the daemon ended while it was starting this agent')
    .map(({ summary, detail }) => `a kill cost an attempt: ${summary} ${detail ?? ''}`);
}

async function wrongCommits({ repository, before }: Stage, report: Report): Promise<string[]> {
  const squashed = (await repository.git('log', '--no-merges', '--format=%H', `${before}..main`)).split('\n');
  const landed = report.tasks.map((task) => task.landed?.commit ?? '');
  const once = squashed.toSorted().join() === landed.toSorted().join();
  const line = await repository.git('rev-list', '--reverse', '--first-parent', `${before}..main`);
  const red: number[] = [];
  for (const commit of [before, ...line.split('\n')]) {
    const texts = await Promise.all(names.map((name) => repository.git('show', `${commit}:src/${name}.txt`)));
    red.push(texts.filter((text) => text !== 'right').length);
  }
  const greener = red.every((count, at) => at === 0 || count < (red[at - 1] ?? 0));
  return [
    ...(once ? [] : [`commits ${squashed.join(' ')} are not what the tasks landed: ${landed.join(' ')}`]),
    ...(greener && red.at(-1) === 0 ? [] : [`commits are not ever greener: ${red.join(' ')}`]),
  ];
}

/** Sessions, processes, and what `ao clean` does not remove. */
async function leftOver(stage: Stage): Promise<string[]> {
  const live: unknown[] = JSON.parse((await stage.ao('list', '--live', '--json')).stdout);
  const runs: unknown[] = JSON.parse((await stage.ao('status', '--json')).stdout);
  const clean: CleanResult = JSON.parse((await stage.ao('clean', '--older-than', '0', '--json')).stdout);
  const worktrees = (await stage.repository.git('worktree', 'list')).split('\n');
  return [
    ...(live.length === 0 ? [] : [`sessions still live: ${JSON.stringify(live)}`]),
    ...(runs.length === 1 ? [] : [`there are ${runs.length} runs`]),
    ...clean.kept.map(({ name, reason }) => `not cleaned: ${name}: ${reason}`),
    ...filesIn(stage, 'workspaces').map((name) => `leaked workspace ${name}`),
    ...filesIn(stage, 'checkouts').map((name) => `leaked checkout ${name}`),
    ...(worktrees.length === 1 ? [] : [`leaked worktrees: ${worktrees.join(', ')}`]),
    ...markedProcesses(stage).map((pid) => `process ${pid} is orphaned`),
  ];
}

function filesIn({ home }: Stage, folder: string): string[] {
  try {
    return readdirSync(path.join(home, folder));
  } catch {
    return [];
  }
}

/** Processes of agents and checks of this stage: they carry a mark, and the path of its script. */
function markedProcesses({ scratch }: Stage): string[] {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      const environment = readFileSync(`/proc/${pid}/environ`, 'utf8');
      return environment.includes('AO_MARK=') && environment.includes(scratch);
    } catch {
      return false; // it has ended, or is another user's
    }
  });
}

function wrongDatabase({ home }: Stage): string[] {
  const database = new DatabaseSync(path.join(home, 'ao.db'));
  try {
    const answers = database.prepare('PRAGMA integrity_check').all();
    const text = answers.map((row) => String(row['integrity_check'])).join('; ');
    return text === 'ok' ? [] : [`the database is damaged: ${text}`];
  } finally {
    database.close();
  }
}
