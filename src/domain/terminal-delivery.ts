import type { AgentFacts } from './agent-facts.ts';
import type { MessageContent } from './message.ts';
import { settleMs } from './screen-facts.ts';

/** What to do now about one thing that is to be told to an agent in a terminal. */
export type Stroke =
  | { do: 'wait' }
  /** Paste it, behind what stands there where it was put back. */
  | { do: 'paste'; behind: boolean }
  | { do: 'press'; keys: readonly string[] }
  /** It cannot be told, or nobody can say whether it was. */
  | { do: 'fail'; problem: string };

export interface Delivering {
  content: MessageContent;
  /** Written down as sent, by whichever daemon. */
  isSent: boolean;
  /** What this daemon did for it, and when last; null: nothing yet. */
  done: { agoMs: number; keys: number } | null;
  facts: AgentFacts;
  /** What it was told last was put back into its input line. */
  isPutBack: boolean;
  /** For how long the screen has shown what it shows. */
  heldMs: number;
  /** Nothing that the agent ever showed could be this message. */
  isAbsent: boolean;
  agent: { interrupt: readonly string[]; typesTask?: true };
}

/** An agent that is not at work shows within this time that it has what was typed. */
const evidenceMs = 10_000;
/** Of words that somebody else typed and did not send. */
const draftMs = 30_000;

/** Between turns, of a screen that nobody can read. */
const unreadMs = 60_000;

/** Nobody types so many of our letters by chance. */
const surelyOurs = 40;

const wait: Stroke = { do: 'wait' };
const enter: Stroke = { do: 'press', keys: ['Enter'] };
const notDelivered = (why: string): Stroke => ({ do: 'fail', problem: `input_not_delivered: ${why}` });

export function strokeFor(delivering: Delivering): Stroke {
  switch (delivering.content.kind) {
    case 'answer':
      return answer(delivering, delivering.content);
    case 'interrupt':
      return interruption(delivering);
    case 'message':
      return delivering.isSent ? sentMessage(delivering) : newMessage(delivering);
  }
}

/** By what an option means, never by where it stands. A question that is still open was not answered. */
function answer(
  { facts, done, isSent }: Delivering,
  { request, allow }: { request: string; allow: boolean },
): Stroke {
  const { screen, asked } = facts;
  const isAsked = asked.some(({ id }) => id === request);
  const isOpen = isAsked && screen?.state === 'permission';
  if (isAsked && done !== null) {
    if (done.agoMs < (isOpen ? evidenceMs : unreadMs)) return wait;
    return notDelivered(
      isOpen ? 'the question is still open' : 'its screen does not show that it was; see ao attach',
    );
  }
  if (!isOpen)
    return isSent || screen?.state === 'unknown'
      ? wait
      : { do: 'fail', problem: 'that question is not open any more' };
  const option = screen.options.find(({ kind }) => kind === (allow ? 'allow_once' : 'reject'));
  if (option === undefined) return notDelivered('its screen shows no such answer; see ao attach');
  return { do: 'press', keys: option.keys };
}

/** Of a turn that a daemon before this one interrupted the end may never be told, or is about to be told by the screen. */
function interruption({ facts, done, isSent, agent }: Delivering): Stroke {
  const { working, screen } = facts;
  if (working !== true) return done === null ? { do: 'fail', problem: 'it is not in a turn' } : wait;
  if (done !== null) return done.agoMs < evidenceMs ? wait : notDelivered('its turn goes on');
  return isSent && isAtRest(screen) ? wait : { do: 'press', keys: agent.interrupt };
}

const isAtRest = (screen: AgentFacts['screen']): boolean =>
  screen?.state === 'idle' || screen?.state === 'failed';

/**
 * Only between turns: a question that comes up while somebody types would take Enter for a yes. Before the first turn what a program draws may be
 * there before it reads.
 */
function newMessage({ facts: { screen, working }, isPutBack: behind, heldMs, agent }: Delivering): Stroke {
  const mayTake = working === false || (working === null && agent.typesTask === true && heldMs >= settleMs);
  const isFree = mayTake && isAtRest(screen);
  if (working === false && screen?.state === 'unknown' && heldMs >= unreadMs)
    return notDelivered('its screen shows no input line; see ao attach');
  if (!isFree || screen === null) return wait;
  if (screen.draft === '' || behind) return { do: 'paste', behind };
  if (screen.draft === null || heldMs < draftMs) return wait;
  return notDelivered('other words stand in its input line; see ao attach');
}

/** Enter is pressed when the input line shows what was pasted. What an agent has then, it shows when it is not at work. */
function sentMessage({ facts: { screen, working }, heldMs, done, isAbsent }: Delivering): Stroke {
  const isFree = working !== true && isAtRest(screen);
  if (!isFree || screen === null) return wait;
  const stands = screen.draft !== '' && screen.draft !== null;
  if (done === null) {
    if (heldMs < settleMs) return wait;
    if (!isAbsent)
      return notDelivered('a daemon ended while it was typed, and nobody can say whether it arrived');
    return stands ? enter : { do: 'paste', behind: false };
  }
  if (stands && done.keys === 0) return enter;
  if (done.agoMs < evidenceMs) return wait;
  return stands && done.keys === 1
    ? enter
    : notDelivered('it was typed, and the agent did not show that it has it');
}

/**
 * An agent that was interrupted before it said anything takes what it was told out of its conversation and puts it back into its input line,
 * or as much of it as that shows.
 */
export function isPutBack({ screen, end }: AgentFacts, lastTold: string): boolean {
  if (screen?.state !== 'idle' || end?.outcome !== 'interrupted') return false;
  const draft = essence(screen.draft ?? '');
  const told = essence(lastTold);
  return draft !== '' && (draft === told || (draft.length >= surelyOurs && told.includes(draft)));
}

/** Letters, digits and signs: what a terminal and an agent leave of a text. */
export function essence(text: string): string {
  return text.replaceAll(/[\p{C}\p{Z}\s]/gu, '');
}
