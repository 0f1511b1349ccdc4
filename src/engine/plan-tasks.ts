import { randomBytes } from 'node:crypto';
import type { Finding } from '../domain/finding.ts';
import { groupFindings } from '../domain/grouping.ts';
import type { Task } from '../domain/task.ts';
import type { RunContext } from './context.ts';
import { patchRun } from './patch-run.ts';

/** One planning pass: findings that no task stands for become tasks on the board, ready at once. */
export async function planTasks(context: RunContext, findings: Finding[]): Promise<boolean> {
  const now = context.clock.now();
  const existing = await context.store.list('task', { run: context.run });
  const groups = groupFindings(findings, context.options.group);
  const tasks = groups.map(
    (group, index): Task => ({
      id: randomBytes(8).toString('hex'),
      run: context.run,
      project: context.project,
      state: 'ready',
      reason: null,
      title: group.title,
      findings: group.findings,
      attempt: 0,
      attemptsAllowed: context.options.maxAttempts,
      kept: null,
      discard: [],
      problems: [],
      accepted: null,
      landed: null,
      fixedBy: null,
      rank: existing.length + index,
      createdAt: now,
      updatedAt: now,
    }),
  );
  const writes = tasks.map((row) => ({ op: 'insert', kind: 'task', row }) as const);
  const events = tasks.map(({ id, title }) => {
    return { run: context.run, task: id, session: null, type: 'task.planned', body: { title } };
  });
  await patchRun(context, (run) => ({
    patch: { round: run.round + 1 },
    type: 'run.round',
    body: { round: run.round + 1, findings: findings.length, tasks: tasks.length },
    with: { writes, events },
  }));
  return true;
}
