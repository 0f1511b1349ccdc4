// npm run test:agents: a subscription's window is used up, and the run waits for the moment at which it opens again.
import assert from 'node:assert/strict';
import type { RunView } from '../../../src/engine/engine.ts';
import { waitFor } from '../../support/wait-for.ts';
import {
  assertEverGreener,
  mending,
  once,
  openStage,
  redness,
  report,
  withClients,
} from './support/stage.ts';

/** Limits of a window are told to subscribers; a key is refused as for too many requests. */
const subscriber: Record<string, Record<string, string>> = {
  'claude-code': { ANTHROPIC_API_KEY: '', CLAUDE_CODE_OAUTH_TOKEN: 'dummy' },
};

for (const client of ['claude-code', 'codex']) {
  withClients(
    [client],
    `a used-up window of ${client} is waited for until it opens, and then all goes green`,
    async (t) => {
      const { server, line, actor } = await openStage(t);
      server.scenario(client, [mending('ant', 1, once({ kind: 'usage_limit', resetsIn: 4 }))]);
      const user = await actor(client, ['ant'], subscriber[client]);
      assert.equal((await user.fix('--detach', '--yolo')).code, 0);
      const waiting = await waitFor(
        'a run that waits',
        async () => {
          const views: RunView[] = JSON.parse((await line.ao(['status', '--json'])).stdout);
          return views.map(({ activity }) => activity).find((activity) => activity.startsWith('waiting: '));
        },
        40_000,
      );
      assert.match(
        waiting,
        new RegExp(`^waiting: every account for ${client} is cooling down, for [1-4] s more$`),
      );
      const { ok, tasks } = await report(line, user);
      assert.deepEqual([ok, tasks[0]?.attempts.length], [true, 2]);
      const [limited, next] = tasks[0]?.attempts ?? [];
      assert.match(limited?.reason ?? '', /usage_limit/);
      const ended = Date.parse(limited?.endedAt ?? '');
      assert.ok(Date.parse(next?.startedAt ?? '') - ended >= 1000, 'the next attempt waited');
      assert.deepEqual(server.log.counts(client)['usage_limit'], 1);
      assertEverGreener(await redness(user));
    },
  );
}
