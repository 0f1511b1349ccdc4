import type { NewEvent } from '../domain/events.ts';
import type { Run } from '../domain/run.ts';
import type { Write } from '../ports/store.ts';
import type { RunContext } from './context.ts';

export interface RunPatch {
  patch: Partial<Omit<Run, 'state'>>;
  type: string;
  body: Record<string, unknown>;
  /** Written in the same transaction. */
  with?: { writes: Write[]; events: NewEvent[] };
}

/** Reads the run's row, asks what to change, writes it with its event; one at a time. State is not changed here. */
export async function patchRun(
  context: Pick<RunContext, 'store' | 'run' | 'rowLock'>,
  change: (run: Run) => RunPatch | null,
): Promise<Run> {
  return context.rowLock.use(async () => {
    const run = await context.store.get('run', context.run);
    if (run === null) throw new Error(`run ${context.run} is gone`);
    const wanted = change(run);
    if (wanted === null) return run;
    await context.store.commit(
      [
        { op: 'update', kind: 'run', id: run.id, expect: {}, patch: wanted.patch },
        ...(wanted.with?.writes ?? []),
      ],
      [
        { run: run.id, task: null, session: null, type: wanted.type, body: wanted.body },
        ...(wanted.with?.events ?? []),
      ],
    );
    return { ...run, ...wanted.patch };
  });
}
