// What agents tell of tokens and money beside what the model server of their recordings counted.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findAgent } from '../../src/adapters/registry.ts';
import { heard, nothingHeard, type Tokens, type Usage } from '../../src/domain/agent-facts.ts';
import { usage as answered } from '../support/model-server/dialect.ts';
import { recordedOutput, recordedVersions } from '../support/recorded-output.ts';

/** In each of these recordings the model answered twice: once more after a tool, or in a second turn. */
const scenarios = ['success', 'follow-up'];
const counted: Tokens = {
  input: 2 * (answered.input + answered.cached),
  cached: 2 * answered.cached,
  output: 2 * answered.output,
};
/** By the prices per million that opencode, kilo and pi were given: 1 for input, 2 for output, none for what was cached. */
const givenPrice = (2 * (answered.input + 2 * answered.output)) / 1e6;

/** `own`: by the agent's own list of prices. */
const told: Record<string, { tokens: Tokens | null; cost: number | 'own' | null }> = {
  'claude-code': { tokens: counted, cost: 'own' },
  codex: { tokens: counted, cost: null },
  qwen: { tokens: counted, cost: null },
  'claude-agent-acp': { tokens: counted, cost: 'own' },
  // It does not tell what came from a cache.
  gemini: { tokens: { ...counted, cached: null }, cost: null },
  pi: { tokens: counted, cost: givenPrice },
  // They tell the tokens of the last answer alone: no sum can be made of that.
  opencode: { tokens: null, cost: givenPrice },
  kilocode: { tokens: null, cost: givenPrice },
  // It tells how full its context is, and nothing else.
  kimi: { tokens: null, cost: null },
};

for (const [client, { tokens, cost }] of Object.entries(told)) {
  for (const recording of recordedVersions(client).flatMap((version) =>
    scenarios.map((scenario) => `${client}/${version}/${scenario}`),
  )) {
    test(`${recording}: the tokens and the price of both answers, each once`, () => {
      const usage = lastUsage(client, recording);
      assert.deepEqual(usage.tokens, tokens);
      if (cost === 'own') assert.ok((usage.costUsd ?? 0) > 0);
      else assert.equal(usage.costUsd?.toFixed(9) ?? null, cost?.toFixed(9) ?? null);
    });
  }
}

test('a price is of the whole session, not of its last turn', () => {
  const [first, last] = prices('claude-code', `claude-code/${recordedVersions('claude-code')[0]}/follow-up`);
  assert.equal(last?.toFixed(9), (2 * (first ?? 0)).toFixed(9));
});

function lastUsage(client: string, recording: string): Usage {
  const facts = observations(client, recording).reduce((known, seen) => heard(known, seen, 1), nothingHeard);
  return facts.usage ?? { tokens: null, costUsd: null };
}

function prices(client: string, recording: string): (number | null)[] {
  return observations(client, recording).flatMap((seen) =>
    seen.kind === 'usage' ? [seen.usage.costUsd] : [],
  );
}

function observations(client: string, recording: string) {
  const agent = findAgent(client === 'claude-agent-acp' ? 'acp' : client);
  const { state } = agent.begin({ workspace: '/home/user/project', model: null, permissions: 'ask' });
  return agent.interpret(recordedOutput(recording), state).observations;
}
