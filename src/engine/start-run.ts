import { AoError } from '../domain/errors.ts';
import { type Run, runtimeOf } from '../domain/run.ts';
import { applyTransitions, type Move } from './apply-transition.ts';
import type { World } from './context.ts';
import { type DiskWatch, isOfTheDisk } from './disk-watch.ts';
import type { FixRequest } from './engine.ts';
import { fingerprintOf, newRun, openProject, refuseBadAgent } from './open-run.ts';
import type { RunLoops } from './run-loops.ts';
import { endSessionsOf } from './end-sessions.ts';

export interface Runs {
  world: World;
  loops: RunLoops;
}

/** Joins the run that works on this repository if it was asked for the same, else starts one. */
export async function startOrJoin(
  { world, loops }: Runs,
  request: FixRequest,
): Promise<{ run: string; joined: boolean }> {
  const { store } = world;
  const opened = await openProject(world, request);
  const runs = (await store.list('run')).filter((run) => run.path === opened.path);
  const active = runs.find((run) => run.state !== 'finished');
  if (active !== undefined) {
    const same = active.fingerprint === fingerprintOf(opened.path, opened.branch, request);
    if (!same && !request.resume) throw busy(active);
    await loops.start(active);
    return { run: active.id, joined: true };
  }
  if (request.resume) return resumeLast({ world, loops }, opened.path, runs.at(-1));
  await refuseBadAgent(world, request);
  await world.findRuntime(runtimeOf(request.options)).ready?.();
  const run = await newRun(world, opened, request);
  await opened.target.keep(`refs/ao/before/${run.id}`, run.before);
  await store.commit(
    [{ op: 'insert', kind: 'run', row: run }],
    [
      {
        run: run.id,
        task: null,
        session: null,
        type: 'run.start',
        body: { path: run.path, branch: run.branch },
      },
    ],
  );
  await loops.start(run);
  return { run: run.id, joined: false };
}

async function resumeLast(
  { world, loops }: Runs,
  path: string,
  last: Run | undefined,
): Promise<{ run: string; joined: boolean }> {
  if (last === undefined) {
    throw new AoError('notFound', `There is no run of ${path} to resume.`, 'Start one: ao fix');
  }
  if (last.outcome !== 'green') {
    await applyTransitions(world.store, [await reopening(world, last)]);
    await loops.start((await world.store.get('run', last.id)) ?? last);
  }
  return { run: last.id, joined: true };
}

/**
 * A finished run goes on, with rounds to go: only a person gives new ones. Where somebody moved the target meanwhile, a person who resumes takes that as the new head: it
 * is checked like the first one, and what was held may have been landed by hand.
 */
export async function reopening(world: World, run: Run): Promise<Move> {
  const hub = await world.openHub(world.layout.hub(run.project), run.path);
  const now = await hub.fetchTarget(run.branch);
  const moved = now !== null && now !== run.target;
  const place = moved ? { head: now, target: now, held: null } : {};
  const patch = { outcome: null, reason: null, endedAt: null, adopted: null, round: 0, ...place };
  return { kind: 'run', row: run, event: 'resume', patch };
}

/** Refuses when another run works on the same repository. */
export async function refuseSecondRun(world: World, run: Run): Promise<void> {
  const active = await world.store.list('run', { states: ['running', 'stopping'] });
  const other = active.find(({ id, path }) => path === run.path && id !== run.id);
  if (other !== undefined) throw busy(other);
}

/**
 * Goes on with every run that has not finished. A repository that is gone fails its own run and holds up no other; a disk
 * is waited for, and holds up nobody's start either.
 */
export async function resumeAll({ world, loops }: Runs, disk: DiskWatch): Promise<void> {
  for (const run of await world.store.list('run', { states: ['running', 'stopping'] })) {
    try {
      await loops.start(run);
    } catch (error) {
      if (isOfTheDisk({ ...world, disk }, error)) void resumeLater({ world, loops }, run, disk);
      else await lose(world, run, error);
    }
  }
}

async function resumeLater({ world, loops }: Runs, run: Run, disk: DiskWatch): Promise<void> {
  world.log('run.waits', { run: run.id });
  try {
    await disk.outlast(() => loops.start(run));
  } catch (error) {
    // What the daemon lets go of before the disk is well is resumed by the next one.
    const text = String(error);
    if (isOfTheDisk({ ...world, disk }, error))
      return world.log('run.still_waits', { run: run.id, error: text });
    await lose(world, run, error).catch((why: unknown) => world.log('run.not_ended', { error: String(why) }));
  }
}

async function lose(world: World, run: Run, error: unknown): Promise<void> {
  const reason = error instanceof Error ? error.message : String(error);
  world.log('run.lost', { run: run.id, error: reason });
  await endSessionsOf(world, run, reason);
  const patch = { outcome: 'failed', reason, endedAt: world.clock.now() } as const;
  await applyTransitions(world.store, [{ kind: 'run', row: run, event: 'finish', patch }]);
}

function busy(run: Run): AoError {
  return new AoError(
    'conflict',
    `Run ${run.id} with other options works on ${run.path}.`,
    `Watch it: ao fix --resume. End it: ao stop ${run.id}.`,
  );
}
