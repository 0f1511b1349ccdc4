import type { Intent } from '../../../ports/agent.ts';
import { answerTo, line } from './command.ts';
import type { PiState } from './interpret.ts';

/** The line that tells pi of `intent`; null for what is not under way. */
export function encode(intent: Intent, { working, asked }: PiState): string | null {
  switch (intent.kind) {
    case 'message': {
      // With a slash in front it would be a command or a template of its own.
      const message = intent.text.startsWith('/') ? ` ${intent.text}` : intent.text;
      return line({ id: intent.id, type: 'prompt', message, streamingBehavior: 'steer' });
    }
    case 'interrupt':
      return working ? line({ id: intent.id, type: 'abort' }) : null;
    case 'answer': {
      const kind = asked[intent.request]?.kind;
      return kind === undefined ? null : answerTo(intent.request, kind, intent);
    }
  }
}
