import type { TakenUp, Tokens, Usage } from '../../../domain/agent-facts.ts';
import { addTokens } from '../../../domain/usage.ts';
import { costSince } from '../usage-since.ts';
import { isObject, type JsonObject, numberAt, objectAt, textAt } from '../json-lines.ts';

/** What an agent told of tokens and money. Plain data. */
export interface Spending {
  /** Of the turns that ended. */
  tokens: Tokens | null;
  /** Of the answers in the turn that is under way, where it tells of each. */
  turn: Tokens | null;
  /** Of the whole session, told by itself as it goes. */
  costUsd: number | null;
  /** What it calls the tokens of a turn are those of the last answer in it. */
  lastAnswerOnly: boolean;
}

export const nothingSpent: Spending = { tokens: null, turn: null, costUsd: null, lastAnswerOnly: false };

/** By the agent's own name, of its greeting. */
export function spendingOf(greeting: unknown): Spending {
  const name = textAt(objectAt(greeting, 'agentInfo'), 'name');
  return { ...nothingSpent, lastAnswerOnly: name === 'OpenCode' || name === 'Kilo' };
}

/** After an update: the price of the session so far, or (of qwen) the tokens of one answer. */
export function spentUpTo(update: JsonObject, before: Spending): Spending {
  const cost = objectAt(update, 'cost');
  if (textAt(update, 'sessionUpdate') === 'usage_update')
    return cost['currency'] === 'USD' ? { ...before, costUsd: numberAt(cost, 'amount') } : before;
  const answer = tokensOf(objectAt(update, '_meta')['usage']);
  return answer === null ? before : { ...before, turn: sum(before.turn, answer) };
}

/** After the answer to a prompt, which tells of its turn alone. */
export function spentInTurn(result: unknown, before: Spending): Spending {
  const told = tokensOf(objectAt(result, 'usage')) ?? quotaOf(result) ?? before.turn;
  const turn = before.lastAnswerOnly ? null : told;
  return { ...before, turn: null, tokens: turn === null ? before.tokens : sum(before.tokens, turn) };
}

/** What a session that it goes on with had cost before is in its price, and not in its tokens. */
export function usageOf({ tokens, costUsd }: Spending, takesUp: TakenUp | null): Usage {
  return { tokens, costUsd: costSince(costUsd, takesUp?.spent.costUsd ?? null) };
}

/** Some count what came from a cache as input, others beside it: the total tells. */
function tokensOf(told: unknown): Tokens | null {
  const total = numberAt(told, 'totalTokens');
  if (!isObject(told) || total === 0) return null;
  const [input, output] = [numberAt(told, 'inputTokens'), numberAt(told, 'outputTokens')];
  const read = numberAt(told, 'cachedReadTokens');
  const beside = read + numberAt(told, 'cachedWriteTokens');
  return { input: input + output + beside <= total ? input + beside : input, cached: read, output };
}

/** gemini tells it in a place of its own, and nothing of caches. */
function quotaOf(result: unknown): Tokens | null {
  const count = objectAt(objectAt(objectAt(result, '_meta'), 'quota'), 'token_count');
  const input = numberAt(count, 'input_tokens');
  return input === 0 ? null : { input, cached: null, output: numberAt(count, 'output_tokens') };
}

function sum(before: Tokens | null, more: Tokens): Tokens {
  return before === null ? more : addTokens(before, more);
}
