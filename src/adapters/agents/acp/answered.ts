import type { FailureClass } from '../../../domain/agent-facts.ts';
import type { Observation, Step } from '../../../ports/agent.ts';
import { seen } from '../interpret-lines.ts';
import { rpcLine } from '../json-rpc.ts';
import { type ModelAnswer, troubleIn } from './answer.ts';
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
  const found = troubleIn(answer);
  if (found === null) {
    return seen(
      { ...before, trouble: null },
      ...(before.trouble === null ? [] : [{ kind: 'answering' } as const]),
    );
  }
  const { failure, waitMs } = found;
  const times = (before.trouble?.times ?? 0) + 1;
  const state = { ...before, trouble: { failure, times } };
  const retrying: Observation[] =
    times > 1 || passing.has(failure.class) ? [{ kind: 'retrying', failure, delayMs: waitMs }] : [];
  const isHopeless = times >= most || (waitMs ?? 0) > longestWaitMs;
  if (!isHopeless) return seen(state, ...retrying);
  // Each is written once: what was said in another turn is another line.
  const params = { sessionId: state.session, _meta: { ao: `gave up in turn ${state.turns + 1}` } };
  const replies = [rpcLine({ method: 'session/cancel', params }, '2.0')];
  return { ...seen({ ...state, gaveUp: failure }, ...retrying), replies };
}
