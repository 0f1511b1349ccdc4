import type { Attempt, Session, Task } from '../../src/domain/task.ts';

const commit = 'a'.repeat(40);

export function taskRow(id: string, patch: Partial<Task> = {}): Task {
  return {
    id,
    run: 'r',
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

const open = {
  agent: 'command',
  account: 'default',
  startedAt: 1,
  endedAt: null,
  outcome: null,
  reason: null,
};

export function attemptRow(task: string, run = 'r'): Attempt {
  const kept = { base: commit, start: commit, change: null, verdict: null, claim: null };
  return { ...open, ...kept, id: `${task}.1`, run, task, number: 1, session: `s-${task}` };
}

export function sessionRow(task: string): Session {
  const workspace = { kind: 'clone', path: `/w/${task}`, branch: `ao/${task}`, start: commit } as const;
  const id = `s-${task}`;
  const state = { state: 'starting', exitCode: null, handle: null } as const;
  return { ...open, ...state, id, run: 'r', task, attempt: 1, workspace, dir: `/d/${task}` };
}
