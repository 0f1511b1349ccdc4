import type { Run } from '../../src/domain/run.ts';
import type { Attempt, Landing, Session, Task } from '../../src/domain/task.ts';
import type { Expectation, Kind, Rows, Write } from '../../src/ports/store.ts';

const commit = 'a'.repeat(40);

export function runRow(id: string, patch: Partial<Run> = {}): Run {
  return {
    id,
    state: 'running',
    outcome: null,
    reason: null,
    project: 'project',
    path: '/somewhere',
    branch: 'main',
    before: commit,
    head: commit,
    target: commit,
    adopted: null,
    lastLanded: null,
    shared: null,
    held: null,
    options: {
      checks: [{ name: 'test', command: 'npm test', timeoutMs: 1000 }],
      setup: null,
      agent: 'command',
      agentCommand: ['fix', '{prompt}'],
      agentScript: null,
      concurrency: 2,
      checkConcurrency: 1,
      maxAttempts: 3,
      maxRounds: 5,
      group: 'auto',
      scope: null,
      workspace: 'clone',
      allowTestEdits: false,
      policy: true,
      attemptTimeoutMs: 1000,
    },
    env: { PATH: '/bin', NAME: 'with "quotes", a\nnewline and ünï' },
    fingerprint: 'f',
    round: 0,
    baseline: null,
    flaky: [],
    createdAt: 1,
    endedAt: null,
    ...patch,
  };
}

export function taskRow(id: string, patch: Partial<Task> = {}): Task {
  return {
    id,
    run: 'run-1',
    project: 'project',
    state: 'ready',
    reason: null,
    title: `task ${id}`,
    findings: [],
    attempt: 0,
    attemptsAllowed: 3,
    kept: null,
    discard: [],
    problems: [],
    accepted: null,
    landed: null,
    fixedBy: null,
    rank: 0,
    createdAt: 1,
    updatedAt: 1,
    ...patch,
  };
}

const begun = {
  run: 'run-1',
  agent: 'command',
  account: 'default',
  startedAt: 1,
  endedAt: null,
  outcome: null,
  reason: null,
};

export function attemptRow(task: string, patch: Partial<Attempt> = {}): Attempt {
  const number = patch.number ?? 1;
  const offers = { base: commit, start: commit, change: null, verdict: null, claim: null };
  return { ...begun, ...offers, id: `${task}.${number}`, task, number, session: `s-${task}`, ...patch };
}

/** Of the first attempt at a task. */
export function sessionRow(task: string, patch: Partial<Session> = {}): Session {
  const workspace = { kind: 'clone', path: `/w/${task}`, branch: `ao/${task}`, start: commit } as const;
  const place = { workspace, dir: `/d/${task}`, handle: null };
  const state = { state: 'starting', exitCode: null } as const;
  return { ...begun, ...place, ...state, id: `s-${task}`, task, attempt: 1, ...patch };
}

/** Of the first attempt at a task. */
export function landingRow(task: string, patch: Partial<Landing> = {}): Landing {
  const change = { commit, tree: 'b'.repeat(40) };
  const place = { state: 'queued', queuedAt: 1, intent: null, problems: [] } as const;
  return { id: `${task}.1`, run: 'run-1', task, attempt: 1, change, ...place, problems: [], ...patch };
}

/** A state that is written past its transition table: for stores, and for what somebody else did meanwhile. */
export function stateWrite<K extends Kind>(
  kind: K,
  id: string,
  patch: Partial<Rows[K]>,
  expect: Expectation = {},
): Write {
  return { op: 'update', kind, id, expect, patch } as Write;
}
