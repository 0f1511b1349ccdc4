import { AoError } from '../domain/errors.ts';
import type { Run } from '../domain/run.ts';
import type { Attempt, Task } from '../domain/task.ts';
import type { Store, Write } from '../ports/store.ts';
import { applyTransitions, type Move } from './apply-transition.ts';
import { withdrawals } from './close-task.ts';
import type { World } from './context.ts';
import { refuseSecondRun, reopening } from './start-run.ts';

export type Answer = 'retry' | 'cancel' | 'accept';

/**
 * A person answers a task. `retry` gives it another round of attempts; `accept` sends its last change on in spite of
 * policy (the checks still decide); `cancel` ends it. A run that had finished takes the task up again.
 */
export async function answerTask(world: World, task: Task, answer: Answer): Promise<void> {
  const { store, clock } = world;
  const run = await store.get('run', task.run);
  if (run === null) throw new Error(`task ${task.id} has no run`);
  if (run.state === 'stopping' && answer !== 'cancel') throw beingStopped(task, answer);
  const { moves, writes } = await movesFor(store, run, { task, answer, now: clock.now() });
  const reopens = run.state === 'finished' && answer !== 'cancel';
  if (reopens) {
    await refuseSecondRun(world, run);
    moves.push(await reopening(world, run));
  } else {
    // The run must not end (or begin to) between this reading and the write.
    writes.push({ op: 'update', kind: 'run', id: run.id, expect: { state: run.state }, patch: {} });
  }
  if (!(await applyTransitions(store, moves, writes))) {
    throw new AoError(
      'conflict',
      `Task ${task.id} has just changed.`,
      'Look at it with `ao status` and try again.',
    );
  }
}

async function movesFor(
  store: Store,
  run: Run,
  { task, answer, now }: { task: Task; answer: Answer; now: number },
): Promise<{ moves: Move[]; writes: Write[] }> {
  const landings = await store.list('landing', { run: run.id, task: task.id, states: ['queued', 'landing'] });
  const landing = landings.some(({ state }) => state === 'landing');
  if (answer === 'cancel') {
    if (landing || task.state === 'done' || task.state === 'cancelled') throw cannot(task, answer);
    const patch = { reason: 'cancelled by you', updatedAt: now };
    return {
      moves: [{ kind: 'task', row: task, event: 'cancel', patch }, ...withdrawals(landings)],
      writes: [],
    };
  }
  if (answer === 'retry') {
    if (task.state !== 'inbox' && task.state !== 'cancelled') throw cannot(task, answer);
    const attemptsAllowed = task.attempt + run.options.maxAttempts;
    return {
      moves: [
        { kind: 'task', row: task, event: 'retry', patch: { attemptsAllowed, reason: null, updatedAt: now } },
      ],
      writes: [],
    };
  }
  const attempt = await lastChange(store, task);
  if (task.state !== 'inbox' || attempt === null) throw cannot(task, answer);
  return {
    moves: [
      {
        kind: 'task',
        row: task,
        event: 'accept',
        patch: { accepted: attempt.change?.commit ?? null, reason: 'accepted by you', updatedAt: now },
      },
    ],
    writes: [
      {
        op: 'update',
        kind: 'attempt',
        id: attempt.id,
        expect: {},
        patch: { outcome: null, endedAt: null, verdict: null },
      },
    ],
  };
}

async function lastChange(store: Store, task: Task): Promise<Attempt | null> {
  const attempt = await store.get('attempt', `${task.id}.${task.attempt}`);
  return attempt !== null && attempt.change !== null ? attempt : null;
}

/** Nobody works on it any more until the run is taken up again, which an answer does to a run that has ended. */
function beingStopped(task: Task, answer: Answer): AoError {
  return new AoError(
    'conflict',
    `The run of task ${task.id} is being stopped.`,
    `When it has ended: ao ${answer} ${task.id}`,
  );
}

function cannot(task: Task, answer: Answer): AoError {
  const { state, reason } = task;
  const where = reason?.startsWith(state)
    ? reason
    : [state, reason].filter((part) => part !== null).join(', ');
  return new AoError(
    'conflict',
    `Task ${task.id} is ${where}: there is nothing to ${answer}.`,
    'See `ao status`.',
  );
}
