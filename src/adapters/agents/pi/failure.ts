import type { AgentFailure, TurnEnd } from '../../../domain/agent-facts.ts';
import { troubleIn } from '../model-answer.ts';
import { emptyAnswer, shortReason } from '../said.ts';

/** How an answer of its model ended, in pi's words. */
export interface AnswerEnd {
  reason: string;
  error: string;
  /** When it was asked for, in milliseconds since the epoch. */
  at: number;
  /** As the server wrote it; empty where it did not say. */
  retryAfter: string;
}

/** Why an answer failed: of its server's own words, which pi tells whole behind the status (`429: {…}`), else of pi's. */
export function failureOf({ error, at, retryAfter }: Omit<AnswerEnd, 'reason'>): AgentFailure {
  const [, status = '', body = ''] = /^(?:Error: )?(\d{3})\b:?\s*([^]*)$/.exec(error) ?? [];
  if (status !== '') {
    const answer = { at, status: Number(status), retryAfter, text: body, error: '', end: '', said: false };
    const trouble = troubleIn(answer);
    if (trouble !== null) return trouble.failure;
  }
  const message = shortReason(error || 'it failed and did not say why');
  return { class: classOf(message), message, resetAt: null };
}

function classOf(message: string): AgentFailure['class'] {
  if (/ended without|stream ended|before (?:message_stop|a terminal)/i.test(message)) return 'truncated';
  if (
    /connection|terminated|socket|fetch failed|ECONN|ENOTFOUND|EAI_AGAIN|network|timed? ?out/i.test(message)
  )
    return 'network';
  if (/api key|authentication|credentials|\/login/i.test(message)) return 'authentication';
  if (/context (?:window|length)|compaction|too long/i.test(message)) return 'context_full';
  return 'other';
}

/** What it calls an error where it was interrupted while a tool ran, and asked its model once more with that. */
const interrupted = /^(?:This operation|Request) was aborted/;

/** `spoke`: it has said or done anything in that turn. */
export function turnEnd(end: AnswerEnd | null, spoke: boolean): TurnEnd {
  switch (end?.reason) {
    case 'stop':
      return spoke ? { outcome: 'completed' } : { outcome: 'failed', failure: emptyAnswer };
    case 'aborted':
      return { outcome: 'interrupted' };
    case 'length':
      return failing('truncated', 'its answer was cut off at the largest length');
    case 'error':
      if (interrupted.test(end.error)) return { outcome: 'interrupted' };
      return { outcome: 'failed', failure: failureOf(end) };
    default:
      return failing('other', `it stopped: ${end?.reason ?? 'no reason given'}`);
  }
}

function failing(kind: AgentFailure['class'], message: string): TurnEnd {
  return { outcome: 'failed', failure: { class: kind, message, resetAt: null } };
}
