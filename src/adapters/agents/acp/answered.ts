import type { FailureClass } from '../../../domain/agent-facts.ts';
import type { Observation, Step } from '../../../ports/agent.ts';
import { seen } from '../interpret-lines.ts';
import { rpcLine } from '../json-rpc.ts';
import { type ModelAnswer, troubleIn } from '../model-answer.ts';
import type { TurnSoFar } from './turn-end.ts';

interface Turn extends TurnSoFar {
  session: string | null;
  /** That have ended. */
  turns: number;
}

/** So many refusals in a row are enough, and so long a pause too long: what to do then is not the agent's to decide. */
const most = 4;
const longestWaitMs = 60_000;
/** After the first of another kind it may well not ask again. */
const passing: ReadonlySet<FailureClass> = new Set(['rate_limit', 'usage_limit', 'overloaded', 'network']);

/** What its model's server answered it, which it may keep to itself and try again for hours. */
export function answered<State extends Turn>(answer: ModelAnswer, before: State): Step<State> {
  if (before.session === null || before.gaveUp !== null) return seen(before);
  const { trouble, observations, isHopeless } = troubleAfter(answer, before.trouble);
  const state = { ...before, trouble };
  if (!isHopeless || trouble === null) return seen(state, ...observations);
  // Each is written once: what was said in another turn is another line.
  const params = { sessionId: state.session, _meta: { ao: `gave up in turn ${state.turns + 1}` } };
  const replies = [rpcLine({ method: 'session/cancel', params }, '2.0')];
  return { ...seen({ ...state, gaveUp: trouble.failure }, ...observations), replies };
}

/** Of answers in a row that were none. */
export type TroubleSoFar = TurnSoFar['trouble'];

/** What one more answer of its model's server makes of that. */
export function troubleAfter(
  answer: ModelAnswer,
  before: TroubleSoFar,
): { trouble: TroubleSoFar; observations: Observation[]; isHopeless: boolean } {
  const found = troubleIn(answer);
  if (found === null) {
    const observations: Observation[] = before === null ? [] : [{ kind: 'answering' }];
    return { trouble: null, observations, isHopeless: false };
  }
  const { failure, waitMs } = found;
  const times = (before?.times ?? 0) + 1;
  const isRetried = times > 1 || passing.has(failure.class);
  return {
    trouble: { failure, times },
    observations: isRetried ? [{ kind: 'retrying', failure, delayMs: waitMs }] : [],
    isHopeless: times >= most || (waitMs ?? 0) > longestWaitMs,
  };
}
