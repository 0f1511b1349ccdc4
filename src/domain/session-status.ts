import type { AgentFacts } from './agent-facts.ts';
import type { SessionState } from './lifecycles/session.ts';

/** What people see of a session. All but the first and the last are derived from what its agent was seen to do. */
export type StatusState =
  | 'starting'
  | 'working'
  | 'waiting_permission'
  | 'rate_limited'
  | 'idle'
  | 'stuck'
  | 'unknown'
  | 'ended';

/** Where a fact is from, best first. */
export type Source = 'store' | 'protocol' | 'process' | 'output';

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
  /** Speaks a protocol: then turns and questions can be seen. */
  dialog: boolean;
  agent: AgentFacts;
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
    return status('waiting_permission', 'protocol', asked.since, `it asks for permission: ${asked.title}`);
  }
  const heardAt = agent.heardAt ?? session.since;
  const silent = now - heardAt;
  if (agent.retrying !== null) {
    const { failure, until } = agent.retrying;
    const when = until === null ? '' : ` in ${Math.ceil((until - now) / 1000)} s`;
    // A pause of which nobody knows the length may be one that never ends.
    if (until === null ? silent < facts.stuckAfterMs : until > now)
      return status('rate_limited', 'protocol', heardAt, `${failure.message}; asks again${when}`);
  }
  if (agent.working === false) return status('idle', 'protocol', agent.since, 'its turn has ended');
  if (silent >= facts.stuckAfterMs) {
    return status('stuck', 'output', heardAt, `nothing was heard of it for ${Math.round(silent / 1000)} s`);
  }
  if (agent.heardAt === null) return status('working', 'process', session.since, 'its program runs');
  const source = facts.dialog && agent.working === true ? 'protocol' : 'output';
  return status('working', source, heardAt, source === 'protocol' ? 'in a turn' : 'it printed something');
}
