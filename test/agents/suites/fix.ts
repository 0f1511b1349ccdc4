// npm run test:agents: a red repository goes green with real clients, through everything that goes wrong with a model.
import assert from 'node:assert/strict';
import type { Case } from '../../support/model-server/scenario.ts';
import {
  about,
  approving,
  assertEverGreener,
  assertNothingLeft,
  mending,
  once,
  openStage,
  redness,
  withClients,
} from './support/stage.ts';

const names = ['ant', 'bee', 'cat', 'dog', 'eel', 'fox'];

/** A 429 at the first request, a hang at another one, a question, and one that only says that it is done. */
const troubles: Case[] = [
  mending('ant', 1, once({ kind: 'rate_limit', retryAfter: 1 })),
  mending('bee', 2, once({ kind: 'hang' })),
  mending('cat', 3, { askLeave: true }),
  { ...mending('dog', 4), when: [about('dog'), 'there was nothing to judge'] },
  { when: about('dog'), turns: [{ say: 'TASK COMPLETE: dog was right all along' }] },
  mending('eel', 5),
  mending('fox', 6),
];

for (const client of ['claude-code', 'codex', 'pi']) {
  withClients(
    [client],
    `ao fix with ${client} goes green through a 429, a hang, a question and a lie`,
    async (t) => {
      const { server, line, actor } = await openStage(t);
      server.scenario(client, troubles);
      const user = await actor(client, names);
      const person = approving(line);
      const fixed = await user.fix('--timeout', '15s', '--stuck-after', '7s', '--concurrency', '3', '--json');
      const asked = await person.end();
      assert.equal(fixed.code, 0, fixed.stderr);
      const { ok, tasks } = JSON.parse(fixed.stdout);
      assert.deepEqual([ok, tasks.length], [true, names.length]);
      assert.ok(asked.length > 0, 'a person was asked');
      const outcomes = server.log.counts(client);
      assert.deepEqual([outcomes['rate_limit'], outcomes['hang']], [1, 1], JSON.stringify(outcomes));
      assert.match(fixed.stderr, /agent is stuck: nothing was heard of it for \d+ s/);
      assert.match(fixed.stderr, /no end after 15 s/);
      assert.match(JSON.stringify(tasks), /dog was right all along/);
      assertEverGreener(await redness(user));
      await assertNothingLeft(user);
    },
  );
}

for (const client of ['gemini', 'opencode', 'kimi', 'qwen', 'kilocode']) {
  withClients([client], `ao fix with ${client}, over the Agent Client Protocol, goes green`, async (t) => {
    const { server, line, actor } = await openStage(t);
    server.scenario(client, [mending('ant', 1), mending('bee', 2)]);
    const user = await actor(client, ['ant', 'bee']);
    const person = approving(line);
    const fixed = await user.fix('--json');
    await person.end();
    assert.equal(fixed.code, 0, fixed.stderr);
    assertEverGreener(await redness(user));
    await assertNothingLeft(user);
  });
}
