import { type LineState, noLine, takeLines } from '../../lib/line-buffer.ts';
import type { Observation } from '../../ports/agent.ts';

/** What lines of plain text mean, for agents without a structured output of their own. */
export function interpretPlainText(
  bytes: string,
  state: LineState | null,
): { state: LineState; observations: Observation[] } {
  const taken = takeLines(state ?? noLine, bytes);
  return { state: taken.state, observations: taken.lines.flatMap(observe) };
}

function observe(text: string): Observation[] {
  const line: Observation = { kind: 'line', text };
  return text.includes('TASK COMPLETE') ? [line, { kind: 'claim', text }] : [line];
}
