import type { SessionView } from '../../src/engine/engine.ts';

/** Of an agent at work. */
export function sessionView(patch: Partial<SessionView> = {}): SessionView {
  return {
    id: 's1',
    run: 'run-1',
    task: 't1',
    title: 'title',
    agent: 'command',
    account: 'default',
    conversation: null,
    takenUp: false,
    state: 'running',
    outcome: null,
    workspace: '/w',
    branch: 'ao/s1',
    log: '/log',
    pid: 1,
    terminal: null,
    takesMessages: false,
    startedAt: '2026-01-01T00:00:00.000Z',
    endedAt: null,
    lastLine: null,
    usage: null,
    status: { state: 'working', because: 'its program runs', source: 'process', ageMs: 0 },
    asks: [],
    ...patch,
  };
}
