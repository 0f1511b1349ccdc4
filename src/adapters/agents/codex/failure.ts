import type { AgentFailure, FailureClass } from '../../../domain/agent-facts.ts';
import { type JsonObject, numberAt, objectAt, textAt } from '../json-lines.ts';
import { shortReason } from '../said.ts';

const named: ReadonlyMap<string, FailureClass> = new Map(
  Object.entries({
    usageLimitExceeded: 'usage_limit',
    serverOverloaded: 'overloaded',
    contextWindowExceeded: 'context_full',
    unauthorized: 'authentication',
    internalServerError: 'overloaded',
    responseStreamDisconnected: 'truncated',
  } as const),
);

/** Why a turn failed: by codex's own name for it, then by status, its words last. */
export function failureOf(error: JsonObject, resetAt: number | null): AgentFailure {
  const message = shortReason(textAt(error, 'message') || 'it failed and did not say why');
  const found = classOf(error, message);
  // It calls a quota that is used up by the name of a window that opens again.
  const kind = found === 'usage_limit' && /quota exceeded|billing/i.test(message) ? 'quota' : found;
  return { class: kind, message, resetAt: kind === 'usage_limit' || kind === 'rate_limit' ? resetAt : null };
}

function classOf(error: JsonObject, message: string): FailureClass {
  const info = error['codexErrorInfo'];
  const name = typeof info === 'string' ? named.get(info) : undefined;
  if (name !== undefined) return name;
  const status = statusOf(error, message);
  if (/usage limit/i.test(message)) return 'usage_limit';
  if (/quota/i.test(message)) return 'quota';
  if (/context window|ran out of room/i.test(message)) return 'context_full';
  if (status === 429) return 'rate_limit';
  if (status === 401 || status === 403) return 'authentication';
  if (status >= 500 || /at capacity|high demand/i.test(message)) return 'overloaded';
  if (/stream disconnected|idle timeout|incomplete response/i.test(message)) return 'truncated';
  if (/waiting for network|connection failed|error sending request/i.test(message)) return 'network';
  return 'other';
}

/** In `codexErrorInfo: {httpConnectionFailed: {httpStatusCode}}` or, where that says nothing, in the words. */
function statusOf(error: JsonObject, message: string): number {
  for (const kind of Object.values(objectAt(error, 'codexErrorInfo'))) {
    const status = numberAt(kind, 'httpStatusCode');
    if (status > 0) return status;
  }
  const [, status] = /(?:status:?|unexpected status) (\d{3})\b/.exec(message) ?? [];
  return Number(status ?? 0);
}
