import { fixFlags, makeStage, type Outcome, type Stage } from './stage.ts';
import { violations } from './rules.ts';
import { startTracedDaemon } from './traced-daemon.ts';
import type { Version } from './version.ts';

export interface KillPoint {
  /** False where the run ended before its daemon came that far. */
  killed: boolean;
  /** From the start of the next command until a new daemon answered; null where none was measured. */
  readyMs: number | null;
  violations: string[];
}

/** How many calls of a whole run there are to be killed at. */
export async function countPoints(version: Version): Promise<number> {
  const stage = await makeStage(version);
  try {
    const daemon = await startTracedDaemon(stage, null);
    const done = await stage.ao('fix', stage.repository.path, ...fixFlags, '--json');
    if (done.code !== 0)
      throw new Error(`the run was not green without any kill: ${done.stdout}${done.stderr}`);
    return await daemon.count();
  } finally {
    await stage.remove();
  }
}

/** One run whose daemon dies at its `at`-th call; the next command starts another one, and the run is judged at its end. */
export async function killAt(version: Version, at: number): Promise<KillPoint> {
  const stage = await makeStage(version);
  try {
    const daemon = await startTracedDaemon(stage, at);
    await begin(stage);
    const watched = resume(stage);
    await Promise.race([daemon.ended, watched]);
    const killed = daemon.hasEnded();
    const readyMs = killed ? await timeToReady(stage) : null;
    await watched;
    const found = await violations(stage, await resume(stage));
    return { killed, readyMs, violations: found };
  } finally {
    await stage.remove();
  }
}

/** As a person would: asked again where the daemon died over it. */
async function begin(stage: Stage): Promise<void> {
  const args = ['fix', stage.repository.path, ...fixFlags, '--detach'];
  const asked = await stage.ao(...args);
  if (asked.code !== 0) await stage.ao(...args);
}

function resume(stage: Stage): Promise<Outcome> {
  return stage.ao('fix', stage.repository.path, '--resume', '--json');
}

async function timeToReady(stage: Stage): Promise<number> {
  const from = performance.now();
  const { code, stderr } = await stage.ao('daemon', 'start');
  if (code !== 0) throw new Error(`no daemon comes back: ${stderr}`);
  return performance.now() - from;
}
