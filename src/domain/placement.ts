import type { Task } from './task.ts';

/** A login that sessions run under, as far as placing needs to know. */
export interface AccountState {
  name: string;
  agent: string;
  /** Sessions that run under it now. */
  running: number;
  /** Sessions that it bears side by side; null: as many as the machine. */
  limit: number | null;
  /** Milliseconds since the epoch; null when it is not cooling down. */
  coolDownUntil: number | null;
}

/** What placing needs of a task. Without an agent it may run under any account. */
interface Placeable {
  id: string;
  agent?: string;
}

export interface PlacementSnapshot<T extends Placeable = Task> {
  /** The moment of the snapshot, in milliseconds since the epoch; left out, what cools down is never free. */
  now?: number;
  /** Ready tasks in the order of the board. */
  tasks: readonly T[];
  /** Sessions that have not ended. */
  sessions: readonly { id: string }[];
  accounts: readonly AccountState[];
  limits: { concurrency: number; memoryAvailableBytes: number; memoryPerSessionBytes: number };
}

export interface Placement<T extends Placeable = Task> {
  task: T;
  /** Name of the account. */
  account: string;
}

export interface Placements<T extends Placeable = Task> {
  placements: Placement<T>[];
  /** Every ready task that does not start now, and why not, in a sentence for people. */
  blocked: { task: T; reason: string }[];
}

/** The part of a snapshot that does not depend on its tasks. */
type Room = Omit<PlacementSnapshot, 'tasks'>;

/**
 * Decides which ready tasks start now and under which account. Every path to a session (button, API, command line,
 * retry, reaction) passes here. The order of the tasks is kept; a task that has no account does not hold up others.
 */
export function place<T extends Placeable>(snapshot: PlacementSnapshot<T>): Placements<T> {
  const result: Placements<T> = { placements: [], blocked: [] };
  const running = new Map(snapshot.accounts.map((account) => [account.name, account.running]));
  for (const task of snapshot.tasks) {
    const reason = noRoom(snapshot, result.placements.length);
    const account = reason === null ? freeAccount(snapshot, running, task.agent) : null;
    if (account === null) {
      result.blocked.push({ task, reason: reason ?? noAccount(snapshot, task.agent) });
    } else {
      running.set(account, (running.get(account) ?? 0) + 1);
      result.placements.push({ task, account });
    }
  }
  return result;
}

/** Why not even one more session may start on this machine, or null. */
function noRoom({ limits, sessions }: Room, started: number): string | null {
  const { concurrency, memoryAvailableBytes, memoryPerSessionBytes } = limits;
  if (sessions.length + started >= concurrency) return `all ${concurrency} place(s) are taken`;
  // What runs already has its memory. The very first session always starts: otherwise a small machine would wait in
  // silence for memory that nothing is going to free.
  const fits = Math.floor(memoryAvailableBytes / Math.max(1, memoryPerSessionBytes));
  if (started >= fits && sessions.length + started > 0)
    return 'there is not enough free memory for one more agent';
  return null;
}

/** The account of that agent with the most room left in proportion; the first one of equals. */
function freeAccount(
  { accounts, now }: Room,
  running: ReadonlyMap<string, number>,
  agent: string | undefined,
): string | null {
  let best: { name: string; load: number } | null = null;
  for (const account of accounts) {
    const count = running.get(account.name) ?? 0;
    const limit = account.limit ?? Number.POSITIVE_INFINITY;
    if (!serves(account, agent) || count >= limit || isCooling(account, now)) continue;
    const load = count / limit;
    if (best === null || load < best.load) best = { name: account.name, load };
  }
  return best?.name ?? null;
}

function noAccount({ accounts, now }: Room, agent: string | undefined): string {
  const whose = agent === undefined ? '' : ` for ${agent}`;
  const own = accounts.filter((account) => serves(account, agent));
  if (own.length === 0) return `there is no account${whose}`;
  const cooling = own.filter((account) => isCooling(account, now));
  if (cooling.length < own.length) return `every account${whose} is busy`;
  if (now === undefined) return `every account${whose} is cooling down`;
  const until = Math.min(...cooling.map((account) => account.coolDownUntil ?? now));
  return `every account${whose} is cooling down, for ${Math.ceil((until - now) / 1000)} s more`;
}

function serves(account: AccountState, agent: string | undefined): boolean {
  return agent === undefined || account.agent === agent;
}

function isCooling(account: AccountState, now = Number.NEGATIVE_INFINITY): boolean {
  return account.coolDownUntil !== null && account.coolDownUntil > now;
}

/** What an agent's process tree and the builds it starts take, on the large side. */
export const MEMORY_PER_SESSION_BYTES = 768 * 1024 * 1024;

/**
 * Sessions that a machine bears side by side. Agents wait for a model most of the time, so that a core carries two; what
 * they build and test in between is why it does not carry ten.
 */
export function defaultConcurrency(machine: { cores: number; memoryAvailableBytes: number }): number {
  const byMemory = Math.floor(machine.memoryAvailableBytes / MEMORY_PER_SESSION_BYTES);
  return Math.max(1, Math.min(machine.cores * 2, byMemory, 16));
}
