import { lstat, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { AoError } from '../domain/errors.ts';
import type { Run } from '../domain/run.ts';
import type { Session } from '../domain/task.ts';
import type { Hub } from '../ports/git.ts';
import { leaveAccount } from './account-entries.ts';
import type { World } from './context.ts';
import type { CleanRequest, CleanResult } from './engine.ts';
import { wasStarted } from './was-started.ts';
import { gaveUpPlace } from './take-up.ts';
import { removeEmptyFolder } from './remove-workspaces.ts';

/**
 * Tidies runs that finished long enough ago: workspaces whose work is in the hub, logs, and rescue refs. What is in use or
 * holds work that was saved nowhere else is kept and named. `alone`: no run begins or goes on meanwhile, for one run at a time.
 */
export async function clean(
  world: World,
  request: CleanRequest,
  alone: (work: () => Promise<void>) => Promise<void> = (work) => work(),
): Promise<CleanResult> {
  const result: CleanResult = { removed: [], kept: [] };
  for (const { id } of await world.store.list('run')) {
    await alone(() => cleanIfOld(world, id, { request, result }));
  }
  return result;
}

async function cleanIfOld(world: World, id: string, cleaning: Cleaning): Promise<void> {
  const run = await world.store.get('run', id);
  const { request, result } = cleaning;
  if (run === null || run.endedAt === null || run.state !== 'finished') {
    result.kept.push({ kind: 'run', name: id, reason: 'it has not finished' });
  } else if (ageOf(world, run.endedAt) >= request.olderThanMs) {
    await cleanRun(world, run, cleaning).catch((error: unknown) => {
      if (!(error instanceof AoError)) throw error;
      result.kept.push({ kind: 'run', name: id, reason: `it could not be cleaned: ${error.message}` });
    });
  }
}

interface Place {
  world: World;
  hub: Hub;
  run: Run;
}

interface Cleaning {
  request: CleanRequest;
  result: CleanResult;
}

/** What ended in the future, because the clock was set back since, has ended just now. */
function ageOf({ clock }: Pick<World, 'clock'>, endedAt: number): number {
  return Math.max(0, clock.now() - endedAt);
}

async function cleanRun(world: World, run: Run, { request, result }: Cleaning): Promise<void> {
  const hub = await world.openHub(world.layout.hub(run.project), run.path);
  const sessions = await world.store.list('session', { run: run.id });
  const before = result.kept.length;
  for (const session of sessions) {
    const isElsewhere = gaveUpPlace(session, sessions);
    const reason =
      (isElsewhere ? null : await unsaved(world, session)) ??
      (await cleanSession({ world, hub, run }, session, { request, result, isElsewhere }));
    if (reason !== null) result.kept.push({ kind: 'workspace', name: session.id, reason });
  }
  await forgetResults({ world, hub, run }, { request, result });
  if (!request.dryRun) await removeEmptyFolder(world, run.id);
  if (result.kept.length > before) return; // the logs say what was at work there
  const logs = world.layout.run(run.id);
  const bytes = await sizeOf(logs);
  if (bytes === null) return;
  if (!request.dryRun) await rm(logs, { recursive: true, force: true, maxRetries: 3 });
  result.removed.push({ kind: 'log', name: logs, bytes });
}

/** Of what checks said of trees, which is much, that goes which neither the report tells nor an answer of a person may need. */
async function forgetResults(place: Place, { request, result }: Cleaning): Promise<void> {
  const { run } = place;
  const { store } = place.world;
  const needed = await neededTrees(place).catch(() => null);
  if (needed === null) return; // one of them cannot be named any more: all stay
  const goes = (await store.list('result', { run: run.id })).filter((row) => !needed.has(row.result.tree));
  if (goes.length === 0) return;
  const bytes = goes.reduce((sum, row) => sum + JSON.stringify(row).length, 0);
  const writes = goes.map(({ id }) => ({ op: 'delete', kind: 'result', id }) as const);
  if (!request.dryRun) await store.commit(writes, []);
  result.removed.push({ kind: 'result', name: run.id, bytes });
}

async function neededTrees({ world: { store }, hub, run }: Place): Promise<Set<string>> {
  const tasks = await store.list('task', { run: run.id });
  const attempts = await store.list('attempt', { run: run.id });
  const open = new Set(tasks.filter(({ state }) => state !== 'done').map(({ id }) => id));
  const bases = attempts.filter(({ task }) => open.has(task)).map(({ base }) => base);
  const commits = [run.head, ...bases, ...(run.adopted === null ? [] : [run.adopted.from, run.adopted.to])];
  const trees = await Promise.all([...new Set(commits)].map((commit) => hub.treeOf(commit)));
  return new Set(run.baseline === null ? trees : [...trees, run.baseline.tree]);
}

/** Why a session's workspace has to stay, or null. */
async function unsaved(world: World, session: Session): Promise<string | null> {
  const { task, attempt, workspace } = session;
  const row = await world.store.get('attempt', `${task}.${attempt}`);
  const saved = row !== null && row.change !== null;
  if (saved || (await sizeOf(workspace.path)) === null || !(await wasStarted(session))) return null;
  return `its work was never saved: ${workspace.path}`;
}

/**
 * Its workspace (also the branch of one whose directory is gone) and then the refs that kept its work. Why it had to stay, or
 * null: one that cannot be removed keeps no other.
 */
async function cleanSession(
  { world, hub, run }: Place,
  session: Session,
  { request, result, isElsewhere }: Cleaning & { isElsewhere: boolean },
): Promise<string | null> {
  const bytes = isElsewhere ? null : await sizeOf(session.workspace.path);
  try {
    if (!request.dryRun && !isElsewhere) {
      await world.workspaces[session.workspace.kind].remove(hub, session.workspace);
      await leaveAccount(world, run, session);
    }
  } catch (error) {
    return `it could not be removed: ${error instanceof Error ? error.message : String(error)}`;
  }
  if (bytes !== null) result.removed.push({ kind: 'workspace', name: session.id, bytes });
  const kept = [`refs/ao/rescue/${session.id}`, `refs/ao/sessions/${session.id}`];
  const start = `refs/ao/starts/${session.task}.${session.attempt}`;
  for (const { ref } of await hub.listRefs('refs/ao/')) {
    const isOfSession = kept.some((name) => ref === name || ref.startsWith(`${name}.`));
    if (!isOfSession && ref !== start) continue;
    if (!request.dryRun) await hub.deleteRef(ref);
    if (ref.startsWith('refs/ao/rescue/')) result.removed.push({ kind: 'rescue', name: ref, bytes: 0 });
  }
  return null;
}

/** Bytes below a path without following links; null where there is nothing. */
async function sizeOf(place: string): Promise<number | null> {
  const stat = await lstat(place).catch(() => null);
  if (stat === null) return null;
  if (!stat.isDirectory()) return stat.size;
  let bytes = 0;
  for (const name of await readdir(place).catch(() => []))
    bytes += (await sizeOf(path.join(place, name))) ?? 0;
  return bytes;
}
