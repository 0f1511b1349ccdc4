import type { Tokens, Usage } from './agent-facts.ts';

/** Tokens and money of several sessions: sums over those whose agents told. */
export interface Spent {
  sessions: number;
  /** null where no agent told. */
  tokens: Tokens | null;
  costUsd: number | null;
  /** Sessions of which nobody knows them. */
  tokensUnknown: number;
  costUnknown: number;
}

/** One for each session; null where its agent told nothing. What was not told is counted as such, never as nought. */
export function spentBy(usages: readonly (Usage | null)[]): Spent {
  const tokens = known(usages.map((usage) => usage?.tokens));
  const costs = known(usages.map((usage) => usage?.costUsd));
  return {
    sessions: usages.length,
    tokens: tokens.length === 0 ? null : tokens.reduce(addTokens),
    costUsd: costs.length === 0 ? null : costs.reduce((all, cost) => all + cost, 0),
    tokensUnknown: usages.length - tokens.length,
    costUnknown: usages.length - costs.length,
  };
}

function known<T>(told: readonly (T | null | undefined)[]): T[] {
  return told.filter((one) => one !== null && one !== undefined);
}

/** What came from a cache is known where both say it. */
export function addTokens(one: Tokens, other: Tokens): Tokens {
  const cached = one.cached === null || other.cached === null ? null : one.cached + other.cached;
  return { input: one.input + other.input, cached, output: one.output + other.output };
}
