import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { anyAcpAgent } from './acp/index.ts';
import { readAnswer, troubleIn } from './model-answer.ts';

const at = 1_795_000_000_000;

function classOf(more: object): string {
  const answer = readAnswer({ ao: 'answer', at, ...more });
  assert.ok(answer);
  return troubleIn(answer)?.failure.class ?? 'whole';
}

const refused = (status: number, error: object) => ({ status, text: JSON.stringify({ error }) });

describe('what a model answered', () => {
  for (const [what, answer, expected] of [
    ['words to the end', { status: 200, end: 'stop', said: true }, 'whole'],
    ['a call of a tool', { status: 200, end: 'tool_calls', said: true }, 'whole'],
    ['no end', { status: 200, said: true }, 'truncated'],
    ['nothing', { status: 200, end: 'stop', said: false }, 'truncated'],
    ['an end at the largest length', { status: 200, end: 'MAX_TOKENS', said: true }, 'truncated'],
    ['half of it', { status: 200, error: 'other side closed' }, 'network'],
    ['no connection', { status: 0, error: 'ECONNREFUSED' }, 'network'],
    ['an OpenAI rate limit', refused(429, { type: 'requests', code: 'rate_limit_exceeded' }), 'rate_limit'],
    ['an OpenAI quota', refused(429, { code: 'insufficient_quota' }), 'quota'],
    ['an Anthropic overload', refused(529, { type: 'overloaded_error' }), 'overloaded'],
    ['an Anthropic key', refused(401, { type: 'authentication_error' }), 'authentication'],
    ['a prompt too long', refused(400, { message: 'prompt is too long: 208000 tokens' }), 'context_full'],
    ['a Moonshot balance', refused(429, { message: 'suspended due to insufficient balance' }), 'quota'],
    ['a DeepSeek balance', refused(402, { message: 'Insufficient Balance' }), 'quota'],
    ['too many requests, for an hour', { status: 429, retryAfter: '3600' }, 'usage_limit'],
    [
      'a window of Anthropic',
      { ...refused(429, { type: 'rate_limit_error' }), retryAfter: '7200' },
      'usage_limit',
    ],
    ['no JSON at all', { status: 502, text: '<html>Bad gateway' }, 'overloaded'],
    ['a teapot', { status: 418 }, 'other'],
    [
      'an overload in the middle',
      { status: 200, text: '{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}' },
      'overloaded',
    ],
    [
      'a failed response',
      { status: 200, text: '{"type":"response.failed","response":{"error":{"code":"rate_limit_exceeded"}}}' },
      'rate_limit',
    ],
    [
      'a gateway that fails within',
      { status: 200, text: '{"error":{"code":502,"message":"x"}}' },
      'overloaded',
    ],
    ['a code of the vendor that is no status', refused(429, { code: 1302, message: 'x' }), 'rate_limit'],
    ['a code of gRPC', refused(503, { code: 14, message: 'UNAVAILABLE' }), 'overloaded'],
    [
      'a server that fails in the middle',
      { status: 200, text: '{"type":"error","error":{"type":"api_error","message":"Internal"}}' },
      'overloaded',
    ],
    ['a request that is wrong', refused(400, { type: 'api_error', message: 'x' }), 'other'],
    ['a connection of which nobody says why it broke', { status: 0 }, 'network'],
    ['a limit of opencode', refused(429, { type: 'GoUsageLimitError' }), 'usage_limit'],
  ] as const) {
    test(`${what}: ${expected}`, () => assert.equal(classOf(answer), expected));
  }

  test('a day of Gemini is told from a minute, and when it ends', () => {
    const details = (span: string, retryDelay: string) => [
      { '@type': 'QuotaFailure', violations: [{ quotaId: `GenerateRequestsPer${span}PerProject` }] },
      { '@type': 'RetryInfo', retryDelay },
    ];
    const answer = (span: string, delay: string) =>
      readAnswer({ ao: 'answer', at, ...refused(429, { details: details(span, delay) }) });
    const [day, minute] = [answer('Day', '7200s'), answer('Minute', '12.5s')];
    assert.ok(day && minute);
    assert.partialDeepStrictEqual(troubleIn(day), {
      failure: { class: 'usage_limit', resetAt: at + 7_200_000 },
      waitMs: 7_200_000,
    });
    assert.partialDeepStrictEqual(troubleIn(minute), {
      failure: { class: 'rate_limit', resetAt: at + 12_500 },
    });
  });

  test('a window of ChatGPT and one of Code Assist say when they open', () => {
    const metadata = { quotaResetTimeStamp: new Date(at + 60_000).toISOString() };
    for (const error of [
      { type: 'usage_limit_reached', resets_in_seconds: 60 },
      { details: [{ reason: 'QUOTA_EXHAUSTED', metadata }] },
    ]) {
      const answer = readAnswer({ ao: 'answer', at, ...refused(429, error) });
      assert.ok(answer);
      const failure = { class: 'usage_limit', resetAt: at + 60_000 };
      assert.partialDeepStrictEqual(troubleIn(answer), { failure });
    }
  });

  test('retry-after may be a date', () => {
    const retryAfter = new Date(at + 30_000).toUTCString();
    const answer = readAnswer({ ao: 'answer', at, status: 429, retryAfter });
    assert.ok(answer);
    assert.equal(troubleIn(answer)?.waitMs, 30_000);
  });
});

describe('an agent that keeps to itself what its model answered', () => {
  const opening = { workspace: '/w', model: null, permissions: 'ask' } as const;
  const line = (value: object): string => `${JSON.stringify(value)}\n`;
  const opened = [
    line({ id: 1, result: { protocolVersion: 1 } }),
    line({ id: 2, result: { sessionId: 's' } }),
  ].join('');
  const words = line({
    method: 'session/update',
    params: {
      update: { sessionUpdate: 'agent_message_chunk', content: { text: 'TASK COMPLETE: so it is' } },
    },
  });
  const answer = (more: object): string => line({ ao: 'answer', at, ...more });
  const end = (stopReason: string): string => line({ id: 'm', result: { stopReason } });
  const read = (...output: string[]) =>
    anyAcpAgent.interpret([opened, ...output].join(''), anyAcpAgent.begin(opening).state);
  const ended = (...output: string[]): string => {
    const seen = read(...output).observations.findLast(({ kind }) => kind === 'turn_ended');
    assert.ok(seen?.kind === 'turn_ended');
    return seen.outcome === 'failed' ? seen.failure.class : seen.outcome;
  };
  const whole = answer({ status: 200, end: 'stop', said: true });
  const busy = answer({ status: 503 });
  const gone = answer({ status: 429, retryAfter: '3600' });
  const cancels = (...output: string[]): string[] =>
    read(...output).replies.filter((reply) => reply.includes('session/cancel'));

  test('has not completed a turn whose last answer was a refusal', () => {
    assert.equal(ended(words, busy, end('end_turn')), 'overloaded');
    assert.equal(
      ended(words, answer({ status: 200, end: 'length', said: true }), end('end_turn')),
      'truncated',
    );
  });

  test('has completed one where it got over it', () => {
    assert.equal(ended(busy, busy, words, whole, end('end_turn')), 'completed');
  });

  test('is told to let go after the fourth refusal in a row, once', () => {
    assert.deepEqual(cancels(busy, busy, busy, whole, busy), []);
    assert.equal(cancels(busy, busy, busy, busy, busy, busy).length, 1);
  });

  test('is told to let go where it would wait for an hour, and that is no interruption', () => {
    assert.equal(cancels(gone).length, 1);
    assert.equal(ended(gone, end('cancelled')), 'usage_limit');
    assert.equal(ended(gone, end('end_turn')), 'usage_limit');
    assert.equal(ended(busy, end('cancelled')), 'interrupted');
  });

  test('is told so again in another turn, by another line', () => {
    const [first, second, ...more] = cancels(gone, end('cancelled'), gone);
    assert.notEqual(first, second);
    assert.deepEqual([typeof second, more], ['string', []]);
  });
});
