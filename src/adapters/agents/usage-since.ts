import type { Tokens, Usage } from '../../domain/agent-facts.ts';

/** What a session has cost whose agent counts on in a conversation of before. */
export function usageSince(total: Usage, before: Usage | null): Usage {
  if (before === null) return total;
  return {
    tokens: tokensSince(total.tokens, before.tokens),
    costUsd: costSince(total.costUsd, before.costUsd),
  };
}

/** A count that is smaller than the one before has begun anew. */
function tokensSince(total: Tokens | null, before: Tokens | null): Tokens | null {
  if (total === null || before === null) return total;
  if (total.input < before.input || total.output < before.output) return total;
  const cached = total.cached === null ? null : Math.max(0, total.cached - (before.cached ?? 0));
  return { input: total.input - before.input, cached, output: total.output - before.output };
}

export function costSince(total: number | null, before: number | null): number | null {
  return total === null || before === null || total < before ? total : total - before;
}
