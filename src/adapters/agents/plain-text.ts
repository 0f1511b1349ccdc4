import { type LineState, noLine, takeLines } from '../../lib/line-buffer.ts';
import type { Beginning, Observation, Step } from '../../ports/agent.ts';

/** What lines of plain text mean, for agents without a structured output of their own. */
export function interpretPlainText(bytes: string, state: LineState): Step<LineState> {
  const taken = takeLines(state, bytes);
  return { state: taken.state, observations: taken.lines.flatMap(observe), replies: [] };
}

/** Nothing was read yet. */
export function beginPlainText(): Beginning<LineState> {
  return { state: noLine, replies: [] };
}

function observe(text: string): Observation[] {
  const line: Observation = { kind: 'line', text };
  return text.includes('TASK COMPLETE') ? [line, { kind: 'claim', text }] : [line];
}
