import { connect, findDaemon, stopDaemon, type Client } from '../api/client.ts';
import type { Event, Report, StreamMessage } from '../api/contract/responses.ts';
import { type Face, watchRun } from '../cli/screen/watch-run.ts';
import type { Wishes } from '../cli/screen/wishes.ts';
import { lintCommand, shellText, testCommand } from './checks.ts';
import type { Stage } from './stage.ts';

/** What a run left behind, as far as the daemon tells it. */
export interface Performance {
  report: Report;
  events: Event[];
  /** What each session had done when it ended, as a diff. */
  saved: Map<string, string>;
}

/** How the demo calls `ao fix`. */
const flags = {
  agent: 'scripted',
  concurrency: '12',
  checkConcurrency: '2',
  timeout: '10s',
  checkTimeout: '60s',
};

/** Runs `ao fix` on the stage with a daemon of its own, which is gone afterwards; null when the person ended it. */
export async function perform(stage: Stage, face: Face, wishes: Wishes): Promise<Performance | null> {
  const { env } = stage;
  let client: Client | null = null;
  try {
    client = await connect({ start: true, env });
    return await fix(client, stage, { face, wishes });
  } finally {
    // Only a daemon can end agents: one that crashed is started again for that.
    if (client !== null && (await findDaemon(env)) === null) await connect({ start: true, env });
    await stopDaemon(env, { agents: true });
  }
}

async function fix(
  client: Client,
  { env, repository, script }: Stage,
  { face, wishes }: { face: Face; wishes: Wishes },
): Promise<Performance | null> {
  const checks = [`test=${shellText(testCommand)}`, `lint=${shellText(lintCommand())}`];
  const { run } = await client.fix({
    cwd: repository,
    path: null,
    flags: { ...flags, agentScript: script, checks },
    env,
    resume: false,
  });
  const events: Event[] = [];
  const listening: Face = {
    ...face,
    take: (message: StreamMessage) => {
      if (message.kind === 'event') events.push(message.event);
      face.take(message);
    },
  };
  const ending = await watchRun({ client, run, after: 0, face: listening, wishes });
  if (ending.kind !== 'finished' || ending.stopped) return null;
  const report = await client.report(run);
  return { report, events, saved: await savedWork(client, report) };
}

async function savedWork(client: Client, report: Report): Promise<Map<string, string>> {
  const saved = new Map<string, string>();
  for (const { session, outcome } of report.tasks.flatMap(({ attempts }) => attempts)) {
    if (outcome !== 'passed') saved.set(session, await client.diff(session));
  }
  return saved;
}
