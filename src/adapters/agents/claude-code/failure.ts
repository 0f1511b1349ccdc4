import type { AgentFailure, FailureClass } from '../../../domain/agent-facts.ts';
import { type JsonObject, numberAt, objectAt, textAt } from '../json-lines.ts';
import { shortReason } from '../said.ts';

/** What claude calls the failure of an answer, where it calls it anything. */
const named: ReadonlyMap<string, FailureClass> = new Map(
  Object.entries({
    rate_limit: 'rate_limit',
    overloaded: 'overloaded',
    server_error: 'overloaded',
    authentication_failed: 'authentication',
    billing_error: 'quota',
  } as const),
);

/** Why a turn failed, of its `result` line: by status and reason first, by claude's own words last. */
export function failureOf(result: JsonObject, error: string, resetAt: number | null): AgentFailure {
  const reason = textAt(result, 'result') || firstText(result['errors']);
  const message = shortReason(reason ?? 'it failed and did not say why');
  const reset = resetAt ?? resetInText(message);
  return { class: classOf(result, { error, message, reset }), message, resetAt: reset };
}

function classOf(
  result: JsonObject,
  { error, message, reset }: { error: string; message: string; reset: number | null },
): FailureClass {
  const status = numberAt(result, 'api_error_status');
  if (/no conversation found|does not match any session/i.test(message) && result['num_turns'] === 0)
    return 'conversation_gone';
  if (result['terminal_reason'] === 'prompt_too_long' || /prompt is too long/i.test(message))
    return 'context_full';
  if (/credit balance (is )?too low|insufficient.*(quota|credit)/i.test(message)) return 'quota';
  if (reset !== null || /you've hit your .*limit/i.test(message)) return 'usage_limit';
  if (status === 429) return 'rate_limit';
  if (status === 401 || status === 403 || /not logged in|invalid api key/i.test(message))
    return 'authentication';
  if (status >= 500) return 'overloaded';
  if (/connection (refused|error|reset|closed)|ECONN|ENOTFOUND|EAI_AGAIN|timed out|socket/i.test(message))
    return 'network';
  if (/output token|empty or malformed/i.test(message)) return 'truncated';
  return named.get(error) ?? 'other';
}

function firstText(list: unknown): string | null {
  const first: unknown = Array.isArray(list) ? list[0] : undefined;
  return typeof first === 'string' ? first : null;
}

/** When the window of a limit that refused us ends, of a `rate_limit_event`; null where it only tells how full it is. */
export function resetOf(event: JsonObject): number | null {
  const info = objectAt(event, 'rate_limit_info');
  const seconds = numberAt(info, 'resetsAt');
  return info['status'] === 'rejected' && seconds > 0 ? seconds * 1000 : null;
}

/** Older versions append the moment to the message: `…limit reached|1795148717`. */
function resetInText(message: string): number | null {
  const [, seconds] = /\|(\d{10})\b/.exec(message) ?? [];
  return seconds === undefined ? null : Number(seconds) * 1000;
}

/** Of a line that says that it will ask again by itself. */
export function retryOf(value: JsonObject): { failure: AgentFailure; delayMs: number } {
  const error = textAt(value, 'error');
  const status = numberAt(value, 'error_status');
  const kind = status === 429 ? 'rate_limit' : status >= 500 ? 'overloaded' : (named.get(error) ?? 'network');
  const message = `${error || 'no answer'}${status > 0 ? ` (${status})` : ''}`;
  return {
    failure: { class: kind, message, resetAt: null },
    delayMs: numberAt(value, 'retry_delay_ms'),
  };
}
