import { Client, findDaemon } from '../../api/client.ts';
import { oneLine } from '../screen/text-width.ts';
import type { Candidate, Kind } from './complete.ts';

/** Asks the daemon, but never starts it: a key that was pressed is no wish for one. */
export async function knownIds(wanted: readonly Kind[]): Promise<Candidate[]> {
  const found = await findDaemon(process.env);
  if (found === null) return [];
  const client = new Client(found, process.env);
  const needsRuns = wanted.includes('run') || wanted.includes('task');
  const [runs, sessions] = await Promise.all([
    needsRuns ? client.runs() : [],
    wanted.includes('session') ? client.sessions() : [],
  ]);
  const of = (kind: Kind, id: string, text: string): Candidate[] =>
    wanted.includes(kind) ? [{ word: id, means: `${kind}: ${oneLine(text)}` }] : [];
  return [
    ...runs.flatMap(({ id, path, outcome, activity }) => of('run', id, `${path}, ${outcome ?? activity}`)),
    ...runs.flatMap(({ tasks }) => tasks.flatMap(({ id, title }) => of('task', id, title))),
    ...sessions.flatMap(({ id, title }) => of('session', id, title)),
  ];
}
