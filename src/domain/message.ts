import type { MessageState } from './lifecycles/message.ts';

/** What is told to a living agent: one row of the outbox. */
export interface Message {
  /** A UUID; where its protocol can, the agent says by it that it has the message. */
  id: string;
  run: string;
  task: string;
  attempt: number;
  session: string;
  state: MessageState;
  content: MessageContent;
  /** Why it could not be delivered. */
  problem: string | null;
  queuedAt: number;
  settledAt: number | null;
}

export type MessageContent =
  | { kind: 'message'; text: string }
  | { kind: 'answer'; request: string; allow: boolean; reason: string }
  | { kind: 'interrupt' };
