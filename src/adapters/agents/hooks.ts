import type { AgentFailure } from '../../domain/agent-facts.ts';
import type { Observation } from '../../ports/agent.ts';
import { interpretLines } from './interpret-lines.ts';
import { type JsonLinesState, type JsonObject, noJsonLine, objectAt, textAt } from './json-lines.ts';
import { emptyAnswer, said, toolDeed } from './said.ts';

/**
 * Appends what a hook is given to our file of the session's events, whole and as a line; no program of ours is started for it. The shell that
 * the client starts for a hook has the session's environment.
 */
export const hookCommand = `x=$(cat); printf '%s\\n' "$x" >>"$AO_EVENTS_FILE"`;

/** Settings in Claude's form that have all these events told to us. */
export function hookSettings(events: readonly string[]): Record<string, unknown> {
  const hook = [{ hooks: [{ type: 'command', command: hookCommand }] }];
  return Object.fromEntries(events.map((event) => [event, hook]));
}

/** Plain data. */
export interface HooksState {
  lines: JsonLinesState;
  /** It has said or done anything in this turn. */
  spoke: boolean;
}

export const noHook: HooksState = { lines: noJsonLine, spoke: false };

/** What clients that took over Claude Code's hooks call a failure of a turn. */
export type FailureOfHook = (event: JsonObject) => AgentFailure;

/** What hooks in Claude Code's form tell. A question is not among it: the screen shows it, and what may be answered. */
export function interpretHooks(
  bytes: string,
  state: HooksState,
  failureOf: FailureOfHook,
): { state: HooksState; observations: Observation[] } {
  const { state: after, observations } = interpretLines(bytes, state, (event, before) => {
    const [spoke, seen] = interpretEvent(event, { spoke: before.spoke, failureOf });
    return { state: { ...before, spoke }, observations: seen, replies: [] };
  });
  return { state: after, observations };
}

function interpretEvent(
  event: JsonObject,
  { spoke, failureOf }: { spoke: boolean; failureOf: FailureOfHook },
): [boolean, Observation[]] {
  const name = textAt(event, 'hook_event_name');
  // Of an agent that it set to work itself; what that does is shown, its turns are its own.
  if (textAt(event, 'agent_id') !== '' && name !== 'PreToolUse') return [spoke, []];
  switch (name) {
    case 'SessionStart':
      return [spoke, [{ kind: 'conversation', id: textAt(event, 'session_id') }]];
    case 'UserPromptSubmit': {
      const text = promptOf(event['prompt']);
      // Of what its tools found, qwen tells as of a prompt without words.
      if (text === '') return [spoke, []];
      return [false, [{ kind: 'turn_started' }, { kind: 'received', message: null, text }]];
    }
    case 'PreToolUse':
      return [
        true,
        [{ kind: 'line', text: toolDeed(textAt(event, 'tool_name'), objectAt(event, 'tool_input')) }],
      ];
    case 'Stop': {
      const last = said(textAt(event, 'last_assistant_message'));
      const isEmpty = last.length === 0 && !spoke;
      const end: Observation = isEmpty
        ? { kind: 'turn_ended', outcome: 'failed', failure: emptyAnswer }
        : { kind: 'turn_ended', outcome: 'completed' };
      return [false, [...last, end]];
    }
    case 'StopFailure':
      return [false, [{ kind: 'turn_ended', outcome: 'failed', failure: failureOf(event) }]];
    default:
      return [spoke, []]; // the others tell nothing that the screen does not
  }
}

/** Text, or a list of parts that have some. */
function promptOf(prompt: unknown): string {
  if (typeof prompt === 'string') return prompt;
  return Array.isArray(prompt) ? prompt.map((part) => textAt(part, 'text')).join('\n') : '';
}
