import type { AgentFacts, FactSource } from './agent-facts.ts';
import type { SessionState } from './lifecycles/session.ts';

/** What people see of a session. All but the first and the last are derived from what its agent was seen to do. */
export type StatusState =
  | 'starting'
  | 'working'
  | 'waiting_permission'
  | 'waiting_input'
  | 'rate_limited'
  | 'idle'
  | 'stuck'
  | 'unknown'
  | 'ended';

/** Where a fact is from, best first. */
export type Source = 'store' | FactSource | 'process' | 'output';

export interface Status {
  state: StatusState;
  /** The fact that it rests on, in words. */
  because: string;
  source: Source;
  /** How old that fact is. */
  ageMs: number;
}

export interface StatusFacts {
  session: { state: SessionState; since: number };
  agent: AgentFacts;
  /** When it was told what it has not shown to have; null where there is nothing of the kind. */
  toldAt: number | null;
  now: number;
  /** Silence that long is worth a person's look. */
  stuckAfterMs: number;
}

/** Pure; what cannot be told is `unknown`, never idle and never dead. */
export function statusOf(facts: StatusFacts): Status {
  const { session, agent, now } = facts;
  const status = (state: StatusState, source: Source, since: number, because: string): Status => ({
    state,
    because,
    source,
    ageMs: Math.max(0, now - since),
  });
  if (session.state === 'ended') return status('ended', 'store', session.since, 'it has ended');
  if (session.state === 'starting') return status('starting', 'store', session.since, 'it is being started');
  const [asked] = agent.asked;
  if (asked !== undefined) {
    return status('waiting_permission', asked.source, asked.since, `it asks for permission: ${asked.title}`);
  }
  const { screen } = agent;
  if (screen?.state === 'dialog') {
    return status('waiting_input', 'screen', screen.since, `it asks: ${screen.title}`);
  }
  const heardAt = Math.max(agent.heardAt ?? session.since, facts.toldAt ?? 0);
  const silent = now - heardAt;
  if (agent.retrying !== null) {
    const { failure, until } = agent.retrying;
    const when = until === null ? '' : ` in ${Math.ceil((until - now) / 1000)} s`;
    // A pause of which nobody knows the length may be one that never ends.
    if (until === null ? silent < facts.stuckAfterMs : until > now)
      return status(
        'rate_limited',
        screen === null ? 'protocol' : 'screen',
        heardAt,
        `${failure.message}; asks again${when}`,
      );
  }
  if (agent.working === false && facts.toldAt === null)
    return status('idle', agent.source, agent.since, 'its turn has ended');
  if (silent >= facts.stuckAfterMs) {
    return status('stuck', 'output', heardAt, `nothing was heard of it for ${Math.round(silent / 1000)} s`);
  }
  if (agent.working === false)
    return status('unknown', 'store', heardAt, 'it was told something, and has not shown that it has it');
  if (agent.heardAt === null) return status('working', 'process', session.since, 'its program runs');
  if (agent.working === true) return status('working', agent.source, heardAt, 'in a turn');
  if (screen === null) return status('working', 'output', heardAt, 'it printed something');
  return status('unknown', 'screen', screen.since, 'it has not begun, and its screen does not say why');
}
