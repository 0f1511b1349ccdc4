import type { AgentFailure } from './agent-failure.ts';

/** What an answer to a question on a screen is, and the keys that give it: names of tmux, or single characters. */
export interface ScreenOption {
  kind: 'allow_once' | 'allow_always' | 'reject';
  keys: readonly string[];
}

/** What a terminal shows of an agent at one moment; where that cannot be told, `unknown`. */
export type ScreenReading = {
  /** The row that it rests on, cleaned; empty where there is none. */
  quote: string;
  /** What stands in its input line and was not sent; null where no input line is seen. */
  draft: string | null;
} & (
  | { state: 'working' }
  /** It takes input, and nothing is under way. */
  | { state: 'idle' }
  /** It takes input, and its last turn is shown to have failed. */
  | { state: 'failed'; failure: AgentFailure }
  /** It waits before it asks its model again. */
  | { state: 'retrying'; failure: AgentFailure; delayMs: number | null }
  | { state: 'permission'; title: string; options: readonly ScreenOption[] }
  /** Something else that has to be answered first: trust, a login, a choice of models. */
  | { state: 'dialog'; title: string }
  | { state: 'unknown' }
);
