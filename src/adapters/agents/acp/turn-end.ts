import type { AgentFailure, TurnEnd } from '../../../domain/agent-facts.ts';
import { type JsonObject, objectAt, textAt } from '../json-lines.ts';
import { emptyAnswer } from '../said.ts';
import { failureOf } from './failure.ts';

/** What is known of a turn beside the agent's word for its end. */
export interface TurnSoFar {
  /** It has said or done anything. */
  spoke: boolean;
  /** Its last words were that it could not make room in a conversation that is full. */
  full: boolean;
  /** What its model's server answered last, and how many such answers there were in a row. */
  trouble: { failure: AgentFailure; times: number } | null;
  /** Why we told it to let go. */
  gaveUp: AgentFailure | null;
}

/** Agents call nearly every failure an end in good order: what their model's server answered goes before what they say. */
export function endOf(
  { error, result }: { error: JsonObject | null; result: unknown },
  { spoke, full, trouble, gaveUp }: TurnSoFar,
): TurnEnd {
  if (gaveUp !== null) return { outcome: 'failed', failure: gaveUp };
  if (error !== null) return { outcome: 'failed', failure: trouble?.failure ?? failureOf(error) };
  const reason = textAt(result, 'stopReason');
  switch (reason) {
    case 'end_turn':
      if (full) return failing('context_full', 'the conversation is too long for its model');
      if (trouble !== null) return { outcome: 'failed', failure: trouble.failure };
      return spoke && !isFree(result)
        ? { outcome: 'completed' }
        : { outcome: 'failed', failure: emptyAnswer };
    case 'cancelled':
      return { outcome: 'interrupted' };
    case 'max_tokens':
      return failing('truncated', 'its answer was cut off at the largest length');
    case 'refusal':
      return failing('other', 'the model refused');
    default:
      return failing('other', `it stopped: ${reason || 'no reason given'}`);
  }
}

/** It counts tokens and there were none: its model did not answer. */
function isFree(result: unknown): boolean {
  return objectAt(result, 'usage')['totalTokens'] === 0;
}

function failing(kind: AgentFailure['class'], message: string): TurnEnd {
  return { outcome: 'failed', failure: { class: kind, message, resetAt: null } };
}
