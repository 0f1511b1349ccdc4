// npm run test:agents: --model reaches the model's server, and a model that a client does not know is no other one.
import assert from 'node:assert/strict';
import type { LoggedRequest } from '../../support/model-server/request-log.ts';
import { mending, openStage, withClients } from './support/stage.ts';

/** As each CLI names one that is not its own choice, and as its server hears it. */
const others: Record<string, { model: string; asked: RegExp }> = {
  'claude-code': { model: 'claude-haiku-4-5', asked: /^claude-haiku-4-5/ },
  codex: { model: 'other-model', asked: /^other-model$/ },
  gemini: { model: 'gemini-2.5-flash', asked: /^gemini-2\.5-flash$/ },
  qwen: { model: 'other-model', asked: /^other-model$/ },
  kimi: { model: 'other', asked: /^other-model$/ },
  opencode: { model: 'scripted/other-model', asked: /^other-model$/ },
  kilocode: { model: 'scripted/other-model', asked: /^other-model$/ },
  pi: { model: 'scripted/other-model', asked: /^other-model$/ },
};

for (const [client, { model, asked }] of Object.entries(others)) {
  withClients([client], `${client} asks the model that a person wants`, async (t) => {
    const { server, actor } = await openStage(t);
    server.scenario(client, [mending('ant', 1)]);
    const user = await actor(client, ['ant']);
    const fixed = await user.fix('--yolo', '--model', model);
    assert.equal(fixed.code, 0, fixed.stderr);
    const work = server.log.asked(client).filter(({ body }) => JSON.stringify(body).includes('"tools"'));
    assert.ok(work.length >= 2);
    for (const request of work) assert.match(modelOf(request), asked);
  });
}

for (const client of ['kimi', 'opencode', 'kilocode', 'pi']) {
  withClients(
    [client],
    `${client} ends where it does not know that model, and works with no other`,
    async (t) => {
      const { server, actor } = await openStage(t);
      server.scenario(client, [mending('ant', 1)]);
      const user = await actor(client, ['ant']);
      const fixed = await user.fix('--yolo', '--model', 'no/such', '--max-attempts', '1', '--json');
      assert.notEqual(fixed.code, 0);
      assert.match(fixed.stdout, /no\/such/);
      assert.equal(server.log.asked(client).length, 0);
    },
  );
}

/** gemini names it in the path. */
function modelOf({ body, path }: LoggedRequest): string {
  return String(body['model'] ?? /\/models\/([^/:]+):/.exec(path)?.[1] ?? '');
}
