import { AoError } from '../api/contract/errors.ts';
import type { RunView, SessionView, TaskView } from '../api/contract/responses.ts';

export type Subject =
  | { kind: 'run'; id: string; run: RunView }
  | { kind: 'task'; id: string; run: RunView; task: TaskView }
  | { kind: 'session'; id: string; session: SessionView };

/** What an id, or the beginning of one, means: a run, a task or a session. */
export function findSubject(id: string, runs: readonly RunView[], sessions: readonly SessionView[]): Subject {
  const subjects: Subject[] = [
    ...runs.map((run): Subject => ({ kind: 'run', id: run.id, run })),
    ...runs.flatMap((run) => run.tasks.map((task): Subject => ({ kind: 'task', id: task.id, run, task }))),
    ...sessions.map((session): Subject => ({ kind: 'session', id: session.id, session })),
  ];
  if (id === '') throw new AoError('notFound', 'the id is empty', 'See: ao status, ao list');
  const exact = subjects.find((subject) => subject.id === id);
  if (exact !== undefined) return exact;
  const matches = subjects.filter((subject) => subject.id.startsWith(id));
  const [only] = matches;
  if (only !== undefined && matches.length === 1) return only;
  if (only === undefined) {
    throw new AoError('notFound', `there is no run, task or session ${id}`, 'See: ao status, ao list');
  }
  const named = matches.slice(0, 5).map((match) => `${match.kind} ${match.id}`);
  throw new AoError(
    'usage',
    `${id} is the beginning of several ids`,
    `Write more of one: ${named.join(', ')}`,
  );
}
