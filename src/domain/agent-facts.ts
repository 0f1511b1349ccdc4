import type { AgentFailure } from './agent-failure.ts';
import type { ScreenReading } from './screen-reading.ts';

export type { AgentFailure, FailureClass } from './agent-failure.ts';

/** A question of the agent that holds it up until somebody answers. */
export interface PermissionRequest {
  id: string;
  /** What it wants to do, in a line: `Bash: npm test`. */
  title: string;
}

export interface Tokens {
  /** All that was sent to the model, with what came from a cache. */
  input: number;
  /** Of it, from a cache; null where the agent does not say. */
  cached: number | null;
  output: number;
}

/** Tokens and money of a whole session so far; null where the agent does not say. */
export interface Usage {
  tokens: Tokens | null;
  costUsd: number | null;
}

/** A conversation of an earlier session that a session is to take up. */
export interface TakenUp {
  /** The agent's own name for it. */
  conversation: string;
  /** What it had cost until then, as far as that is known. */
  spent: Usage;
}

/** How a turn ended, by the agent's own account: a fact about its protocol, never a verdict on its work. */
export type TurnEnd =
  | { outcome: 'completed' }
  | { outcome: 'interrupted' }
  | { outcome: 'failed'; failure: AgentFailure };

/** Something that was seen in the agent's output. A fact about bytes, never a verdict. */
export type Observation =
  /** For people; cleaned, without a line's end. */
  | { kind: 'line'; text: string }
  /** The agent says that it is done (`TASK COMPLETE`). Noted, decides nothing. */
  | { kind: 'claim'; text: string }
  /** The agent's own name for this conversation, under which it can be taken up again; the same name where it was. */
  | { kind: 'conversation'; id: string }
  /**
   * It has our message of that id; null where it shows only that it has what it was told last, or what the message was: `text`, then as it
   * took it, which may be several messages in one.
   */
  | { kind: 'received'; message: string | null; text?: string }
  /** It will not take our message of that id, and says why. */
  | { kind: 'refused'; message: string; text: string }
  | { kind: 'turn_started' }
  | ({ kind: 'turn_ended' } & TurnEnd)
  /** It waits by itself before it asks its model again; null where it does not say how long. */
  | { kind: 'retrying'; failure: AgentFailure; delayMs: number | null }
  /** Its model answers again. */
  | { kind: 'answering' }
  | { kind: 'permission'; request: PermissionRequest }
  /** That question is not open any more, whoever answered it. */
  | { kind: 'settled'; request: string }
  | { kind: 'usage'; usage: Usage }
  /** A line that this adapter does not know: counted, kept in the log, nothing more. */
  | { kind: 'unknown'; text: string };

/** What told of an agent, best first: its protocol, its hooks, what its terminal shows. */
export type FactSource = 'protocol' | 'hook' | 'screen';

/** What is known of a living agent from its own output; times in milliseconds since the epoch. */
export interface AgentFacts {
  conversation: string | null;
  /** In a turn; null before the first one. */
  working: boolean | null;
  /** Since when: the beginning or the end of the last turn. */
  since: number;
  /** What told of that. */
  source: FactSource;
  /** Questions that wait for an answer, the oldest first. */
  asked: readonly (PermissionRequest & { since: number; source: FactSource })[];
  /** It waits for its model until then; null: until it is heard of again. */
  retrying: { failure: AgentFailure; until: number | null } | null;
  /** Of the last turn that ended. */
  end: TurnEnd | null;
  /** Of its last output of any kind. */
  heardAt: number | null;
  usage: Usage | null;
  /** Lines that its adapter did not know. */
  unknown: number;
  /** What its terminal shows, and since when; null where it has none, or nobody has looked yet. */
  screen: (ScreenReading & { since: number }) | null;
}

export const nothingHeard: AgentFacts = {
  conversation: null,
  working: null,
  since: 0,
  source: 'protocol',
  asked: [],
  retrying: null,
  end: null,
  heardAt: null,
  usage: null,
  unknown: 0,
  screen: null,
};

/** The facts after one more observation, made at `at`. */
export function heard(
  facts: AgentFacts,
  observation: Observation,
  at: number,
  source: FactSource = 'protocol',
): AgentFacts {
  const next: AgentFacts = { ...facts, heardAt: at };
  switch (observation.kind) {
    case 'turn_started':
      return { ...next, working: true, since: at, source, end: null, retrying: null };
    case 'turn_ended': {
      const { kind: _, ...end } = observation;
      return { ...next, working: false, since: at, source, asked: [], retrying: null, end };
    }
    case 'retrying': {
      const { failure, delayMs } = observation;
      return { ...next, retrying: { failure, until: delayMs === null ? null : at + delayMs } };
    }
    case 'permission':
      return {
        ...next,
        retrying: null,
        asked: [...facts.asked, { ...observation.request, since: at, source }],
      };
    case 'settled':
      return { ...next, asked: facts.asked.filter(({ id }) => id !== observation.request) };
    case 'conversation':
      return { ...next, conversation: observation.id };
    case 'usage':
      return { ...next, usage: observation.usage };
    case 'unknown':
      return { ...next, unknown: facts.unknown + 1 };
    default:
      return { ...next, retrying: null };
  }
}
