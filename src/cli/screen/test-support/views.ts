import type { Report, RunView, TaskView } from '../../../api/contract/responses.ts';

export const noon = Date.UTC(2026, 10, 20, 12, 0, 0);

export function at(secondsBeforeNoon: number): string {
  return new Date(noon - secondsBeforeNoon * 1000).toISOString();
}

export function taskView(changes: Partial<TaskView> = {}): TaskView {
  return {
    id: 'ab12cd34ab12cd34',
    run: 'run1',
    title: 'adds up the prices',
    state: 'in_flight',
    phase: 'working',
    reason: null,
    attempt: 1,
    attemptsAllowed: 3,
    session: 'adds-up-1',
    agent: 'command',
    startedAt: at(65),
    endedAt: null,
    lastLine: null,
    ...changes,
  };
}

export function runView(changes: Partial<RunView> = {}): RunView {
  return {
    id: 'run1',
    path: '/home/me/shop',
    branch: 'main',
    state: 'running',
    outcome: null,
    reason: null,
    activity: '1 agent at work',
    round: 1,
    maxRounds: 5,
    findings: 3,
    flaky: 0,
    createdAt: at(125),
    endedAt: null,
    tasks: [],
    queue: { entries: [], activity: null },
    ...changes,
  };
}

export function report(changes: Partial<Report> = {}): Report {
  return {
    ok: true,
    run: 'run1',
    outcome: 'green',
    reason: null,
    target: { branch: 'main', before: 'a'.repeat(40), after: 'b'.repeat(40), held: null },
    baseline: { findings: [] },
    tasks: [],
    remaining: [],
    usage: null,
    elapsedMs: 125_000,
    ...changes,
  };
}

export function reportTask(changes: Partial<Report['tasks'][number]> = {}): Report['tasks'][number] {
  return {
    id: 'ab12cd34ab12cd34',
    title: 'adds up the prices',
    findings: [{ id: 'f1', check: 'test', file: 'a.test.js', line: 1, title: 'adds', flaky: false }],
    state: 'done',
    reason: null,
    attempts: [],
    landed: { commit: 'c'.repeat(40) },
    fixedBy: null,
    ...changes,
  };
}
