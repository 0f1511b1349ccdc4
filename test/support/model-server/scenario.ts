// What the model does, as plain data. The server decides from the conversation alone, so a client may repeat a request,
// resume a session or run beside others and gets what belongs to it.
import type { Conversation, Prompt } from './conversation.ts';

/** A refusal that a vendor's server answers with: the dialects know its status, headers and body. */
export type Refusal = (typeof refusals)[number];

const refusals = [
  'rate_limit', // for seconds
  'usage_limit', // of the subscription's window, for hours
  'quota', // the money is gone
  'overloaded', // 529, or 503 where the vendor has no 529
  'server_error', // 500
  'unauthorized', // 401
  'context', // the conversation is too long
] as const;

export const isRefusal = (kind: Refusal | Trouble): kind is Refusal => refusals.some((each) => each === kind);

/** What goes wrong between the two programs rather than in the model's answer. */
export type Trouble =
  | 'hang' // nothing at all is answered
  | 'hang_in_stream' // the answer begins and never ends
  | 'drop' // the connection goes in the middle of the answer
  | 'unfinished' // the response ends in good order after the last word, but nothing says that this was all
  | 'empty' // an answer without words
  | 'truncated'; // the answer ends at the limit of its length

export interface Fault<Kind extends Refusal | Trouble = Refusal | Trouble> {
  kind: Kind;
  /** For so many requests; then the turn goes on as if nothing had been. Default 1. */
  times?: number;
  /** Seconds for `retry-after`; without it the header is left out. */
  retryAfter?: number;
  /** Until the usage window or the quota begins anew, in seconds. Default an hour. */
  resetsIn?: number;
}

/** One answer of the model. */
export interface Turn {
  /** Words, before the command where there is one. `{prompt}` is the beginning of what was asked. */
  say?: string;
  /** A shell command that the client shall run with its own tool. */
  run?: string;
  /** The model itself asks for leave, where the client's tool has a word for that; else the client's rules decide. */
  askLeave?: boolean;
  /** Milliseconds between the pieces of a streamed answer. */
  pace?: number;
  /** Before the answer is given. */
  faults?: readonly Fault[];
  /** Percentage of the usage window that the answer's headers tell. */
  usedPercent?: number;
}

/** What to do for the prompts that hold `when`, or all of them; without it, for all others. The n-th turn follows n tool results. */
export interface Case {
  when?: string | readonly string[];
  turns: readonly Turn[];
}

export type Scenario = readonly Case[];

export const forEver = Number.POSITIVE_INFINITY;

/** One way through: the same turns whatever is asked. */
export const always = (...turns: Turn[]): Scenario => [{ turns }];

/** Commands to run one after the other, then the claim that all is done. */
export function commands(list: readonly string[], claim = 'TASK COMPLETE: it is done'): Turn[] {
  return [...list.map((run) => ({ say: 'I will run a command.', run })), { say: claim }];
}

/** The prompt that a case answers, and which of its turns comes now. */
export interface Place {
  turn: Turn;
  /** Names the turn within the scenario, to count its requests. */
  key: string;
  prompt: string;
}

const nothingToSay: Turn = { say: 'There is nothing for me to do.' };

/** The latest prompt that a case names decides; else the latest of all, for the case without `when`. */
export function placeIn(scenario: Scenario, conversation: Conversation): Place {
  for (let at = conversation.prompts.length - 1; at >= 0; at -= 1) {
    const prompt = conversation.prompts[at] as Prompt;
    const index = scenario.findIndex(({ when }) => when !== undefined && holds(prompt.text, when));
    if (index >= 0) return placeOf(scenario, index, conversation.prompts.slice(at));
  }
  const index = scenario.findIndex(({ when }) => when === undefined);
  if (index >= 0) return placeOf(scenario, index, conversation.prompts.slice(-1));
  return { turn: nothingToSay, key: 'none', prompt: conversation.prompts.at(-1)?.text ?? '' };
}

function holds(text: string, when: string | readonly string[]): boolean {
  return [when].flat().every((part) => text.includes(part));
}

function placeOf(scenario: Scenario, index: number, prompts: readonly Prompt[]): Place {
  const turns = scenario[index]?.turns ?? [];
  const results = prompts.reduce((sum, prompt) => sum + prompt.results, 0);
  const at = Math.min(results, turns.length - 1);
  return { turn: turns[at] ?? nothingToSay, key: `${index}.${at}`, prompt: prompts[0]?.text ?? '' };
}

/** The fault that this request meets, when `before` requests came to the same turn earlier; null: it is answered. */
export function faultAt(turn: Turn, before: number): Fault | null {
  let passed = 0;
  for (const fault of turn.faults ?? []) {
    passed += fault.times ?? 1;
    if (before < passed) return fault;
  }
  return null;
}
