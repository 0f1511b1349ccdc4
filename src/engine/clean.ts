import { lstat, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Run } from '../domain/run.ts';
import type { World } from './context.ts';
import type { CleanRequest, CleanResult } from './engine.ts';

/**
 * Tidies runs that finished long enough ago: workspaces whose work is in the hub, logs, and rescue refs. What is in use or
 * holds work that was saved nowhere else is kept and named.
 */
export async function clean(world: World, request: CleanRequest): Promise<CleanResult> {
  const result: CleanResult = { removed: [], kept: [] };
  const before = world.clock.now() - request.olderThanMs;
  for (const run of await world.store.list('run')) {
    if (run.endedAt === null || run.state !== 'finished') {
      result.kept.push({ kind: 'run', name: run.id, reason: 'it has not finished' });
    } else if (run.endedAt <= before) {
      await cleanRun(world, run, request, result);
    }
  }
  return result;
}

async function cleanRun(world: World, run: Run, request: CleanRequest, result: CleanResult): Promise<void> {
  const hub = await world.openHub(world.layout.hub(run.project), run.path);
  for (const session of await world.store.list('session', { run: run.id })) {
    const attempt = await world.store.get('attempt', `${session.task}.${session.attempt}`);
    const bytes = await sizeOf(session.workspace.path);
    if (bytes === null) continue;
    if ((attempt?.change ?? null) === null) {
      result.kept.push({
        kind: 'workspace',
        name: session.id,
        reason: `its work was never saved: ${session.workspace.path}`,
      });
      continue;
    }
    if (!request.dryRun) await world.workspaces[session.workspace.kind].remove(hub, session.workspace);
    result.removed.push({ kind: 'workspace', name: session.id, bytes });
  }
  for (const { ref } of await hub.listRefs('refs/ao/rescue/')) {
    const [name = ''] = ref.slice('refs/ao/rescue/'.length).split('.'); // `<session>` or `<session>.others/…`
    const session = await world.store.get('session', name);
    if (session?.run !== run.id) continue;
    if (!request.dryRun) await hub.deleteRef(ref);
    result.removed.push({ kind: 'rescue', name: ref, bytes: 0 });
  }
  const logs = world.layout.run(run.id);
  const bytes = await sizeOf(logs);
  if (bytes === null) return;
  if (!request.dryRun) await rm(logs, { recursive: true, force: true, maxRetries: 3 });
  result.removed.push({ kind: 'log', name: logs, bytes });
}

/** Bytes below a path without following links; null where there is nothing. */
async function sizeOf(place: string): Promise<number | null> {
  const stat = await lstat(place).catch(() => null);
  if (stat === null) return null;
  if (!stat.isDirectory()) return stat.size;
  let bytes = 0;
  for (const name of await readdir(place)) bytes += (await sizeOf(path.join(place, name))) ?? 0;
  return bytes;
}
