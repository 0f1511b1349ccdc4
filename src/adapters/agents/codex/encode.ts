import type { Intent } from '../../../ports/agent.ts';
import { rpcLine } from '../json-rpc.ts';
import { decision } from './question.ts';
import type { CodexState } from './interpret.ts';

/** The line that tells codex of `intent`; null before its thread is open, and for what is not under way. */
export function encode(intent: Intent, { thread, turn, asked }: CodexState): string | null {
  switch (intent.kind) {
    case 'message': {
      if (thread === null) return null;
      const input = [{ type: 'text', text: intent.text, text_elements: [] }];
      return turn === null
        ? rpcLine({ id: intent.id, method: 'turn/start', params: { threadId: thread, input } }, null)
        : rpcLine(
            {
              id: intent.id,
              method: 'turn/steer',
              params: { threadId: thread, expectedTurnId: turn, input },
            },
            null,
          );
    }
    case 'interrupt':
      return thread === null || turn === null
        ? null
        : rpcLine(
            { id: intent.id, method: 'turn/interrupt', params: { threadId: thread, turnId: turn } },
            null,
          );
    case 'answer': {
      const question = asked[intent.request];
      return question === undefined ? null : decision(question, intent.allow);
    }
  }
}
