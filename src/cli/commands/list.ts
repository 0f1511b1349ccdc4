import { connect } from '../../api/client.ts';
import type { SessionView } from '../../api/contract/responses.ts';
import type { Define } from '../command.ts';
import { printJson, printLine, remark, widthOf } from '../output/style.ts';
import { columnsWithin } from '../screen/columns.ts';
import { elapsed } from '../screen/elapsed.ts';
import { megabytes } from '../screen/usage.ts';

export const define: Define = (command) => {
  command
    .option('--live', 'only those that are running')
    .option('--json', 'one JSON document on stdout')
    .action(list);
};

async function list({ live = false, json = false }: { live?: boolean; json?: boolean }): Promise<void> {
  const client = await connect({ start: true });
  const [all, runs] = await Promise.all([client.sessions(), json ? [] : client.runs()]);
  const used = live ? await client.resources() : {};
  const blocked = runs.find(({ activity }) => activity.startsWith('disk_blocked: '));
  if (blocked !== undefined) remark(blocked.activity);
  const sessions = all
    .filter(({ state }) => !live || state !== 'ended')
    .toSorted((a, b) => rank(a) - rank(b) || b.startedAt.localeCompare(a.startedAt))
    .map((session) => ({ ...session, ...(live ? { resources: used[session.id] ?? null } : {}) }));
  if (json) return printJson(sessions);
  if (sessions.length === 0) return printLine(live ? 'no session is running' : 'there was no session yet');
  const rows = sessions.map((session) => [
    session.id,
    session.outcome ?? session.status.state.replaceAll('_', ' '),
    session.agent,
    elapsed(session.startedAt, session.endedAt, Date.now()),
    ...(live ? [session.resources ? megabytes(session.resources.memoryBytes) : 'unknown'] : []),
    session.run,
    session.task.slice(0, 8),
    session.asks[0]?.title ?? session.title,
  ]);
  const memory = live ? ['MEMORY'] : [];
  const head = ['SESSION', 'STATE', 'AGENT', 'TIME', ...memory, 'RUN', 'TASK', 'TITLE'];
  const width = widthOf(process.stdout, Number.POSITIVE_INFINITY);
  columnsWithin(width, { head, rows, spare: ['RUN', 'AGENT', 'MEMORY'] }).forEach(printLine);
}

/** What waits for a person stands on top. */
function rank({ asks }: SessionView): number {
  return asks.length > 0 ? 0 : 1;
}
