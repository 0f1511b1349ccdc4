/**
 * Finds and ends every process of one session: by our own mark and what follows from it, never by a program's name.
 *
 * What cannot be found: a process that dropped our mark, made a session of its own, lost its parent, and either left the
 * session's directories and closed its files or kept the rest of its environment, all before we looked. Only a pid
 * namespace (`pid-namespace.ts`) holds that one.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { type ProcessRow, readProcessTable, startedSince, usesPath } from './process-table.ts';

export { readStartTime } from './process-table.ts';

export interface TreeQuery {
  /** Value of `AO_MARK`; belongs to one session only. */
  mark: string;
  /** First process of the session, leader of its own system session; 0 when it was never known. */
  pid: number;
  /** As `readStartTime` gave it; a pid that was reused does not match. */
  startTime: string;
  /** Private directories and channels of the session: orphans that use them are taken for its own. */
  paths?: readonly string[];
  /** Directories of the session that a person may work in too: orphans there need a second sign, a bare environment. */
  places?: readonly string[];
}

export interface EndTree extends TreeQuery {
  /** From the polite signal to the final one. */
  graceMs: number;
  /** How long the first process may outlive the others, to write down how they ended. */
  holderGraceMs?: number;
}

/** Every process whose environment holds `AO_MARK=<mark>` and everything that belongs to it, but never ourselves. */
export async function findMarked(mark: string): Promise<ProcessRow[]> {
  return findTree({ mark, pid: 0, startTime: '' });
}

export async function findTree(query: TreeQuery): Promise<ProcessRow[]> {
  return selectTree(await readProcessTable(), query, { self: process.pid, uses: usesPath });
}

interface Observer {
  self: number;
  uses: (pid: number, paths: readonly string[]) => boolean;
}

/**
 * The rows of `table` that belong to the session. Pure but for `observer.uses`.
 *
 * Members are: marked processes and the first process; all of a system session that a member leads (or led); children
 * of members; orphans that use the session's paths, or with no environment its places, and their children. Never a member: the observer, its
 * ancestors, and what carries another session's mark.
 */
export function selectTree(table: readonly ProcessRow[], query: TreeQuery, observer: Observer): ProcessRow[] {
  const byPid = new Map(table.map((row) => [row.pid, row]));
  const ancestry = ancestryOf(byPid, observer.self);
  const ownSessions = new Set([...ancestry].map((pid) => byPid.get(pid)?.sid));
  const eligible = table.filter(
    (row) => !ancestry.has(row.pid) && (row.mark === null || row.mark === query.mark),
  );
  const members = new Map<number, ProcessRow>();
  // The system does not reuse a pid while it is some session's id: a session whose leader is gone was a member's.
  const isLed = (sid: number): boolean =>
    sid > 1 && !ownSessions.has(sid) && (members.has(sid) || !byPid.has(sid));
  const grow = (bySession: boolean): void => {
    for (let before = -1; before !== members.size; ) {
      before = members.size;
      const sessions = new Set(bySession ? [...members.values()].map((row) => row.sid).filter(isLed) : []);
      for (const row of eligible) {
        if (members.has(row.ppid) || sessions.has(row.sid)) members.set(row.pid, row);
      }
    }
  };
  for (const row of eligible) if (row.mark === query.mark || isFirst(row, query)) members.set(row.pid, row);
  grow(true);
  for (const row of eligible) if (isOrphanAtWork(row)) members.set(row.pid, row);
  grow(false);
  return [...members.values()];

  // Narrow on purpose: a person's shell, editor or `tail -f` on these paths must live.
  function isOrphanAtWork(row: ProcessRow): boolean {
    const paths = [...(query.paths ?? []), ...(row.bare ? (query.places ?? []) : [])];
    if (paths.length === 0 || row.terminal || !startedSince(row.startTime, query.startTime)) return false;
    const adoptive = row.ppid !== observer.self && ancestry.has(row.ppid);
    const orphan = adoptive && byPid.get(row.ppid)?.sid !== row.sid;
    return orphan && observer.uses(row.pid, paths);
  }
}

function isFirst(row: ProcessRow, query: TreeQuery): boolean {
  return row.pid === query.pid && row.startTime === query.startTime;
}

/** `self` and all above it; always with 0 and 1, init, which adopts orphans as a reaper among our ancestors does. */
function ancestryOf(byPid: ReadonlyMap<number, ProcessRow>, self: number): Set<number> {
  const line = new Set([0, 1]);
  for (let pid = self; !line.has(pid); pid = byPid.get(pid)?.ppid ?? 0) line.add(pid);
  return line;
}

const killRoundsMs = 10_000;
/** What still starts new processes after so long is ended together with the first process, which is in its group. */
const spareMs = 1000;

/** For what was killed to be gone. */
const groupsMs = 500;

/** What has been seen of a tree that is being ended. */
interface Ending {
  tree: EndTree;
  living: ProcessRow[];
  /** Groups that held nothing else when there was last something to see. */
  groups: number[];
}

/**
 * Ends the session's processes: SIGTERM, then SIGKILL after `graceMs`, looking again until none is left. Each signal
 * follows at once on a reading that showed that very process (pid and start time). Resolves with the pids that even
 * SIGKILL did not end within ten seconds (stuck in the kernel); normally empty.
 */
export async function endTree(tree: EndTree): Promise<number[]> {
  const ending: Ending = { tree, living: [], groups: [] };
  await look(ending);
  await askToEnd(ending);
  await kill(ending);
  await endGroups(ending.groups);
  return ending.living.map((row) => row.pid);
}

/**
 * Where processes start the next one and go, a reading may fall between two of them and show none; a group has them, and takes a
 * signal at one blow. It takes one also when all of it has ended and its parent has not looked yet: a reading tells.
 */
async function endGroups(groups: readonly number[]): Promise<void> {
  const last = performance.now() + groupsMs;
  for (let left = groups; left.length > 0 && performance.now() < last; ) {
    const signalled = left.filter((group) => signal(-group, 'SIGKILL'));
    if (signalled.length === 0) return;
    const living = new Set((await readProcessTable()).map(({ pgid }) => pgid));
    left = signalled.filter((group) => living.has(group));
    if (left.length > 0) await delay(2);
  }
}

async function askToEnd(ending: Ending): Promise<void> {
  const asked = new Set<string>();
  const end = performance.now() + ending.tree.graceMs;
  for (
    let pause = 5;
    ending.living.length > 0 && performance.now() < end;
    pause = Math.min(pause * 1.5, 100)
  ) {
    for (const row of ending.living) {
      if (asked.has(row.startTime + row.pid)) continue;
      asked.add(row.startTime + row.pid);
      signal(row.pid, 'SIGTERM');
      signal(row.pid, 'SIGCONT'); // a stopped process would keep the first signal pending
    }
    await delay(Math.max(1, Math.min(pause, end - performance.now())));
    await look(ending);
  }
}

async function kill(ending: Ending): Promise<void> {
  const { holderGraceMs, ...tree } = ending.tree;
  const begun = performance.now();
  let lastOthers = begun;
  for (let pause = 1; ending.living.length > 0; pause = Math.min(pause * 1.5, 50)) {
    const now = performance.now();
    if (now > begun + killRoundsMs) return;
    const others = ending.living.filter((row) => !isFirst(row, tree));
    if (others.length > 0) lastOthers = now;
    const spareUntil = others.length > 0 ? begun + spareMs : lastOthers + (holderGraceMs ?? 0);
    const sparesHolder = holderGraceMs !== undefined && now < spareUntil;
    if (!sparesHolder) for (const group of ending.groups) signal(-group, 'SIGKILL');
    for (const row of sparesHolder ? others : ending.living) signal(row.pid, 'SIGKILL');
    await delay(pause);
    await look(ending);
  }
}

/** What is found now, and what was found before and still lives although its ties to the session are cut. */
async function look(ending: Ending): Promise<void> {
  const table = await readProcessTable();
  const known = new Map(ending.living.map((row) => [row.pid, row.startTime]));
  const found = new Set(selectTree(table, ending.tree, { self: process.pid, uses: usesPath }));
  for (const row of table) if (known.get(row.pid) === row.startTime) found.add(row);
  ending.living = [...found];
  if (found.size > 0) ending.groups = wholeGroups(ending.living, table);
}

/**
 * Process groups that hold nothing else. A group ends at one blow, with what it starts at that moment: processes that each
 * start the next one and go are always a step ahead of signals to single ones.
 */
function wholeGroups(rows: readonly ProcessRow[], table: readonly ProcessRow[]): number[] {
  const own = new Set(rows.map(({ pid }) => pid));
  const shared = new Set(table.filter(({ pid }) => !own.has(pid)).map(({ pgid }) => pgid));
  return [...new Set(rows.map(({ pgid }) => pgid))].filter((pgid) => pgid > 1 && !shared.has(pgid));
}

/** False where it ended since the reading, or is not ours to signal; the next look tells. */
function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}
