import type { Observation, Step } from '../../ports/agent.ts';
import { isTooDeep, type JsonLinesState, type JsonObject, takeJsonLines } from './json-lines.ts';

const longestUnknown = 500;

/**
 * Cuts a piece of output into lines and hands each object to `interpret`, with the state that the one before left. What is no
 * object is shown as it is, or left to `interpretText`.
 */
export function interpretLines<State extends { lines: JsonLinesState }>(
  bytes: string,
  state: State,
  interpret: (value: JsonObject, state: State) => Step<State>,
  interpretText: (text: string, state: State) => Step<State> = shown,
): Step<State> {
  const taken = takeJsonLines(state.lines, bytes);
  const step: Step<State> = { state: { ...state, lines: taken.state }, observations: [], replies: [] };
  for (const line of taken.lines) {
    if (line.kind === 'text' && line.text === '') continue;
    const next =
      line.kind === 'text' ? interpretText(line.text, step.state) : interpret(line.value, step.state);
    step.state = next.state;
    for (const observation of next.observations) step.observations.push(observation);
    for (const reply of next.replies) step.replies.push(reply);
  }
  return step;
}

function shown<State>(text: string, state: State): Step<State> {
  return seen(state, { kind: 'line', text });
}

/** Something was seen, and nothing is to be said. */
export function seen<State>(state: State, ...observations: Observation[]): Step<State> {
  return { state, observations, replies: [] };
}

export function unknown(value: unknown): Observation {
  return {
    kind: 'unknown',
    text: isTooDeep(value) ? '(too deep)' : JSON.stringify(value).slice(0, longestUnknown),
  };
}
