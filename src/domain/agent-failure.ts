/**
 * What went wrong for an agent, told apart by what helps: waiting (rate_limit, overloaded, usage_limit), a person
 * (quota, authentication), a fresh conversation (context_full; conversation_gone: it does not know the one that it was to take up,
 * and did nothing), another try (network, truncated, other).
 */
export type FailureClass =
  | 'rate_limit'
  | 'usage_limit'
  | 'overloaded'
  | 'quota'
  | 'authentication'
  | 'context_full'
  | 'conversation_gone'
  | 'network'
  | 'truncated'
  | 'other';

export interface AgentFailure {
  class: FailureClass;
  /** As the agent put it. */
  message: string;
  /** When the limit is lifted, in milliseconds since the epoch; null where nothing said so. */
  resetAt: number | null;
}
