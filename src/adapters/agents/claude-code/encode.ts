import type { Intent } from '../../../ports/agent.ts';
import type { ClaudeState } from './interpret.ts';

/** The line that tells claude of `intent`; null where it answers a question that is not open. */
export function encode(intent: Intent, state: ClaudeState): string | null {
  switch (intent.kind) {
    case 'message': {
      const message = { role: 'user', content: intent.text };
      return line({ type: 'user', uuid: intent.id, message });
    }
    case 'interrupt':
      return line({ type: 'control_request', request_id: intent.id, request: { subtype: 'interrupt' } });
    case 'answer': {
      const asked = state.asked[intent.request];
      if (asked === undefined) return null;
      const response = intent.allow
        ? { behavior: 'allow', updatedInput: asked }
        : { behavior: 'deny', message: intent.reason };
      return line({
        type: 'control_response',
        response: { subtype: 'success', request_id: intent.request, response },
      });
    }
  }
}

function line(value: object): string {
  return `${JSON.stringify(value)}\n`;
}
