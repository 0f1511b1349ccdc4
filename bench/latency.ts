// npm run bench -- latency: from the end of an agent to its session's end on the event stream, in both runtimes.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { type Figure, median, percentile, report } from './support/figures.ts';
import { checkItems, itemsRepository } from './support/items.ts';
import { inPlace, type Place, startFix } from './support/place.ts';

const sessions = 40;
/** Its last deed is to write the time down; while some end, others start and are judged, as in real life. */
const agent = JSON.stringify(['/bin/sh', '-c', 'sleep 0.5; date +%s%N >"$AO_ARTIFACTS_DIR/end"']);

/** Milliseconds for each session. */
async function latencies(place: Place, runtime: string): Promise<number[]> {
  const repository = await itemsRepository(sessions, 0);
  try {
    const run = await startFix(place, repository, {
      checks: [`items=${checkItems}`],
      agentCommand: agent,
      concurrency: '4',
      maxAttempts: '1',
      group: 'finding',
      runtime,
    });
    const seen = await endsOf(place, run);
    return await Promise.all([...seen].map(async ([id, at]) => at - (await endedAt(place, run, id))));
  } finally {
    await repository.remove();
  }
}

/** When a client that follows the run heard of the end of each session. */
async function endsOf(place: Place, run: string): Promise<Map<string, number>> {
  const seen = new Map<string, number>();
  const stop = AbortSignal.timeout(120_000);
  for await (const message of place.client.events({ run, after: 0, signal: stop })) {
    const { session, type } = message.kind === 'event' ? message.event : { session: null, type: '' };
    if (session !== null && type === 'session.end') seen.set(session, Date.now());
    if (type === 'run.finish') break;
  }
  if (seen.size !== sessions) throw new Error(`${seen.size} of ${sessions} sessions were seen to end`);
  return seen;
}

async function endedAt(place: Place, run: string, session: string): Promise<number> {
  const file = path.join(place.home, 'runs', run, 'sessions', session, 'artifacts', 'end');
  return Number(await readFile(file, 'utf8')) / 1e6;
}

await inPlace(async (place) => {
  const figures: Figure[] = [];
  for (const runtime of ['process', 'tmux']) {
    const times = await latencies(place, runtime);
    const most = Math.max(...times).toFixed(0);
    const made = `${sessions} ends, median ${median(times).toFixed(0)} ms, slowest ${most} ms`;
    const what = `agent's end → on the event stream, ${runtime}, p95 (ms)`;
    figures.push({ what, value: percentile(times, 0.95), made, most: 300, digits: 0 });
  }
  report(figures);
});
