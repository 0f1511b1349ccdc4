import type { Tokens, Usage } from '../../../domain/agent-facts.ts';
import { addTokens } from '../../../domain/usage.ts';
import { type JsonObject, numberAt, objectAt } from '../json-lines.ts';

/** What was spent, with what one message of the conversation cost; pi counts what came from a cache beside the input. */
export function spentWith(message: JsonObject, before: Usage): Usage {
  const told = objectAt(message, 'usage');
  const cached = numberAt(told, 'cacheRead');
  const input = numberAt(told, 'input') + cached + numberAt(told, 'cacheWrite');
  const more: Tokens = { input, cached, output: numberAt(told, 'output') };
  if (more.input + more.output === 0) return before;
  const cost = numberAt(objectAt(told, 'cost'), 'total');
  return {
    tokens: before.tokens === null ? more : addTokens(before.tokens, more),
    // Nothing is the price of a model whose price it does not know.
    costUsd: cost === 0 ? before.costUsd : (before.costUsd ?? 0) + cost,
  };
}
