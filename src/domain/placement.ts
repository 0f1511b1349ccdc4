/** A login that sessions run under, as far as placing needs to know. */
export interface AccountState {
  name: string;
  agent: string;
  /** Sessions that run under it now. */
  running: number;
  /** Sessions that it bears side by side. */
  limit: number;
  /** Milliseconds since the epoch; null when it is not cooling down. */
  coolDownUntil: number | null;
}

export interface PlacementSnapshot {
  /** The moment of the snapshot, in milliseconds since the epoch. */
  now: number;
  /** Ready tasks in the order of the board, with the agent that each is for. */
  tasks: readonly { id: string; agent: string }[];
  /** Sessions that have not ended. */
  liveSessions: number;
  accounts: readonly AccountState[];
  /** Why an agent would find no place for its files, or null. */
  diskTrouble: string | null;
  limits: { concurrency: number; memoryAvailableBytes: number; memoryPerSessionBytes: number };
}

export interface Placement {
  /** Id of the task. */
  task: string;
  /** Name of the account. */
  account: string;
}

export interface Placements {
  placements: Placement[];
  /** Every ready task that does not start now, and why not, in a sentence for people. */
  blocked: { task: string; reason: string }[];
}

/**
 * Decides which ready tasks start now and under which account. Every way to a session passes here.
 * The order of the tasks is kept; a task that has no account does not hold up others.
 */
export function place(snapshot: PlacementSnapshot): Placements {
  const result: Placements = { placements: [], blocked: [] };
  const running = new Map(snapshot.accounts.map((account) => [account.name, account.running]));
  for (const task of snapshot.tasks) {
    const reason = noRoom(snapshot, result.placements.length);
    const account = reason === null ? freeAccount(snapshot, running, task.agent) : null;
    if (account === null) {
      result.blocked.push({ task: task.id, reason: reason ?? noAccount(snapshot, task.agent) });
    } else {
      running.set(account, (running.get(account) ?? 0) + 1);
      result.placements.push({ task: task.id, account });
    }
  }
  return result;
}

/** Why not even one more session may start on this machine, or null. */
function noRoom({ limits, liveSessions, diskTrouble }: PlacementSnapshot, started: number): string | null {
  if (diskTrouble !== null) return diskTrouble;
  const { concurrency, memoryAvailableBytes, memoryPerSessionBytes } = limits;
  if (liveSessions + started >= concurrency) return `all places are taken (${concurrency})`;
  // What runs already has its memory. The very first session always starts: otherwise a small machine would wait in
  // silence for memory that nothing is going to free.
  const fits = Math.floor(memoryAvailableBytes / Math.max(1, memoryPerSessionBytes));
  if (started >= fits && liveSessions + started > 0)
    return 'there is not enough free memory for one more agent';
  return null;
}

/** The account of that agent with the most room left in proportion; the first one of equals. */
function freeAccount(
  snapshot: PlacementSnapshot,
  running: ReadonlyMap<string, number>,
  agent: string,
): string | null {
  let best: { name: string; load: number } | null = null;
  for (const account of snapshot.accounts) {
    const count = running.get(account.name) ?? 0;
    if (account.agent !== agent || count >= account.limit || isCooling(account, snapshot.now)) continue;
    const load = count / account.limit;
    if (best === null || load < best.load) best = { name: account.name, load };
  }
  return best?.name ?? null;
}

function noAccount({ accounts, now }: PlacementSnapshot, agent: string): string {
  const own = accounts.filter((account) => account.agent === agent);
  if (own.length === 0) return `there is no account for ${agent}`;
  const cooling = own.filter((account) => isCooling(account, now));
  if (cooling.length < own.length) return `every account for ${agent} is busy`;
  const until = Math.min(...cooling.map((account) => account.coolDownUntil ?? now));
  return `every account for ${agent} is cooling down, for ${Math.ceil((until - now) / 1000)} s more`;
}

function isCooling(account: AccountState, now: number): boolean {
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
