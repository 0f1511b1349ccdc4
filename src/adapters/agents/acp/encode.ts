import type { Intent } from '../../../ports/agent.ts';
import { rpcLine } from '../json-rpc.ts';
import { decision } from './decision.ts';
import type { AcpState } from './interpret.ts';

/** The line that tells an agent of `intent`; null before its session is open, while it answers, and for what is not open. */
export function encode(intent: Intent, { session, working, asked }: AcpState): string | null {
  switch (intent.kind) {
    case 'message': {
      if (session === null || working) return null;
      const prompt = [{ type: 'text', text: intent.text }];
      return rpcLine(
        { id: intent.id, method: 'session/prompt', params: { sessionId: session, prompt } },
        '2.0',
      );
    }
    case 'interrupt':
      // The protocol has no id for it: without ours a second one would look like the first, written already.
      return session === null
        ? null
        : rpcLine(
            { method: 'session/cancel', params: { sessionId: session, _meta: { ao: intent.id } } },
            '2.0',
          );
    case 'answer': {
      const open = asked[intent.request];
      return open === undefined ? null : decision(open.id, open.options, intent.allow);
    }
  }
}
