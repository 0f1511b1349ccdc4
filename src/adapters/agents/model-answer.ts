import type { AgentFailure, FailureClass } from '../../domain/agent-facts.ts';
import { isObject, type JsonObject, listAt, numberAt, objectAt, textAt } from './json-lines.ts';
import { emptyAnswer, shortReason } from './said.ts';

/** What a model's server answered its client, as `acp/witness.ts` writes it. */
export interface ModelAnswer {
  /** In milliseconds since the epoch. */
  at: number;
  /** 0: there was none. */
  status: number;
  retryAfter: string;
  /** The beginning of a refusal, also of one that came in the middle of an answer. */
  text: string;
  /** Why the connection failed or broke. */
  error: string;
  /** The vendor's word for why the answer ended; empty where it just stopped. */
  end: string;
  /** It held words or a call of a tool. */
  said: boolean;
}

export function readAnswer(value: JsonObject): ModelAnswer | null {
  if (value['ao'] !== 'answer') return null;
  return {
    at: numberAt(value, 'at'),
    status: numberAt(value, 'status'),
    retryAfter: textAt(value, 'retryAfter'),
    text: textAt(value, 'text'),
    error: textAt(value, 'error'),
    end: textAt(value, 'end'),
    said: value['said'] === true,
  };
}

export interface Trouble {
  failure: AgentFailure;
  /** The server wants to be left alone for so long; null where it does not say. */
  waitMs: number | null;
}

const cutOff = /^(?:length|max_tokens|incomplete)$/i;

export const isCut = ({ end }: ModelAnswer): boolean => cutOff.test(end);

/** null: the answer is whole. */
export function troubleIn(answer: ModelAnswer): Trouble | null {
  if (answer.status >= 400 || answer.text !== '') return refusal(answer);
  if (answer.error !== '' || answer.status === 0)
    return trouble('network', answer.error || 'its model was not reached');
  if (answer.end === '') return trouble('truncated', 'the answer of its model stopped before its end');
  if (isCut(answer)) return trouble('truncated', 'its answer was cut off at the largest length');
  return answer.said ? null : { failure: emptyAnswer, waitMs: null };
}

function trouble(kind: FailureClass, message: string): Trouble {
  return { failure: { class: kind, message, resetAt: null }, waitMs: null };
}

function refusal(answer: ModelAnswer): Trouble {
  const error = errorIn(answer.text);
  const waitMs = waitOf(answer, error);
  const reason = textAt(error, 'message') || `its model's server answered ${answer.status} ${answer.text}`;
  const message = shortReason(reason.trim());
  const kind = classOf(statusOf(answer, error), { error, message, waitMs });
  const mayOpen = kind === 'usage_limit' || kind === 'rate_limit';
  const resetAt = mayOpen && waitMs !== null ? answer.at + waitMs : null;
  return { failure: { class: kind, message, resetAt }, waitMs };
}

/** Some say it in the error itself, where the answer had begun well: by its number or by its name. */
function statusOf({ status }: ModelAnswer, error: JsonObject): number {
  const code = numberAt(error, 'code');
  if (code >= 400 && code < 600) return code;
  return status < 400 && /^(?:api|server|timeout)_error$/.test(textAt(error, 'type')) ? 500 : status;
}

/** Vendors put it into `error`, some into a list of one; empty where the text is of another shape or was cut. */
function errorIn(text: string): JsonObject {
  try {
    const body: unknown = JSON.parse(text);
    const [first] = Array.isArray(body) ? body : [body];
    const errors = [objectAt(first, 'error'), objectAt(objectAt(first, 'response'), 'error')];
    const found = errors.find((error) => Object.keys(error).length > 0);
    return found ?? (isObject(first) ? first : {});
  } catch {
    return {};
  }
}

function waitOf({ retryAfter, at }: ModelAnswer, error: JsonObject): number | null {
  const seconds = Number(retryAfter === '' ? Number.NaN : retryAfter);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  const date = Date.parse(retryAfter);
  if (Number.isFinite(date)) return Math.max(0, date - at);
  const told = numberAt(error, 'resets_in_seconds') || delayOfGoogle(error, at);
  return told > 0 ? told * 1000 : null;
}

/** In seconds; 0 where it is not told. */
function delayOfGoogle(error: JsonObject, at: number): number {
  const seconds = listAt(error, 'details').map((detail) => {
    const moment = Date.parse(textAt(objectAt(detail, 'metadata'), 'quotaResetTimeStamp'));
    return Number.isFinite(moment)
      ? (moment - at) / 1000
      : Number.parseFloat(textAt(detail, 'retryDelay') || '0');
  });
  return Math.max(0, ...seconds.filter((each) => Number.isFinite(each)));
}

/** Of the error's `type` or `code`. */
const named: ReadonlyMap<string, FailureClass> = new Map(
  Object.entries({
    insufficient_quota: 'quota',
    exceeded_current_quota_error: 'quota',
    billing_error: 'quota',
    context_length_exceeded: 'context_full',
    invalid_api_key: 'authentication',
    authentication_error: 'authentication',
    overloaded_error: 'overloaded',
    server_is_overloaded: 'overloaded',
  } as const),
);

const windowMs = 10 * 60_000;

interface Refused {
  error: JsonObject;
  message: string;
  waitMs: number | null;
}

/** By the vendor's names, then by words that are told apart, by status last. */
function classOf(status: number, { error, message, waitMs }: Refused): FailureClass {
  const names = [textAt(error, 'code'), textAt(error, 'type')];
  const name = names.map((each) => named.get(each)).find((each) => each !== undefined);
  if (name !== undefined) return name;
  if (names.some((each) => /usage_?limit/i.test(each))) return 'usage_limit';
  const details = JSON.stringify(error['details'] ?? '');
  if (/PerDay|QUOTA_EXHAUSTED/.test(details) || /usage limit|daily (?:quota|limit)/i.test(message))
    return 'usage_limit';
  if (/API_KEY_INVALID/.test(details)) return 'authentication';
  if (/insufficient.*(?:quota|balance|credit)|current quota|billing|credit balance|in arrears/i.test(message))
    return 'quota';
  if (/context (?:length|window)|too long|token count .*exceeds/i.test(message)) return 'context_full';
  return ofStatus(names.some((each) => /rate_?limit/i.test(each)) ? 429 : status, waitMs);
}

function ofStatus(status: number, waitMs: number | null): FailureClass {
  if (status === 429) return waitMs !== null && waitMs >= windowMs ? 'usage_limit' : 'rate_limit';
  if (status === 401 || status === 403) return 'authentication';
  if (status === 402) return 'quota';
  if (status === 413) return 'context_full';
  if (status === 408 || status >= 500) return 'overloaded';
  return 'other';
}
