import type { AgentFailure, FailureClass } from '../../../domain/agent-facts.ts';
import { type JsonObject, numberAt, objectAt, textAt } from '../json-lines.ts';
import { shortReason } from '../said.ts';

/** Why a prompt failed, of its JSON-RPC error: by what agents put into `data`, then by status, words last. */
export function failureOf(error: JsonObject): AgentFailure {
  const data = objectAt(error, 'data');
  const reason = textAt(data, 'message') || textAt(data, 'details') || textAt(error, 'message');
  const message = shortReason(reason || 'it failed and did not say why');
  return { class: classOf(error, data, message), message, resetAt: null };
}

const named: ReadonlyMap<string, FailureClass> = new Map(
  Object.entries({
    rate_limit: 'rate_limit',
    usageLimitExceeded: 'usage_limit',
    serverOverloaded: 'overloaded',
    overloaded: 'overloaded',
    server_error: 'overloaded',
    contextWindowExceeded: 'context_full',
    ContextOverflowError: 'context_full',
    unauthorized: 'authentication',
    authentication_failed: 'authentication',
  } as const),
);

/** The protocol's own code for a login that is missing. */
const authRequired = -32_000;

function classOf(error: JsonObject, data: JsonObject, message: string): FailureClass {
  const name = textAt(data, 'codexErrorInfo') || textAt(data, 'errorKind') || textAt(data, 'errorName');
  const code = numberAt(error, 'code');
  if (/daily quota|usage limit|hit your .*limit/i.test(message)) return 'usage_limit';
  if (/insufficient_quota|billing|balance|current quota/i.test(message)) return 'quota';
  if (/context (window|length)|too long|context\.?overflow|token count .*exceeds/i.test(message))
    return 'context_full';
  const known = named.get(name);
  if (known !== undefined) return known;
  const status = code >= 400 && code < 600 ? code : Number(/\b([45]\d\d)\b/.exec(message)?.[1] ?? 0);
  if (status === 429 || /rate limit/i.test(message)) return 'rate_limit';
  if (status === 401 || status === 403 || code === authRequired || /api key/i.test(message))
    return 'authentication';
  // Before the status: an agent calls its own trouble with the connection a 500 too.
  if (/ECONN|fetch failed|unable to connect|network|socket/i.test(message)) return 'network';
  if (/terminated|disconnected|premature|stream ended|empty response/i.test(message)) return 'truncated';
  if (status >= 500 || /overloaded|at capacity/i.test(message)) return 'overloaded';
  return 'other';
}
