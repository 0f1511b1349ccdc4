// npm run test:agents: a subscription's window is used up, and the run waits for the moment at which it opens again.
import assert from 'node:assert/strict';
import type { RunView, SessionView } from '../../../src/engine/engine.ts';
import type { CommandLine } from '../../scenarios/support/command-line.ts';
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

const hour = 60 * 60_000;

/** Limits of a window are told to subscribers; a key is refused as for too many requests. */
const subscriber: Record<string, Record<string, string>> = {
  'claude-code': { ANTHROPIC_API_KEY: '', CLAUDE_CODE_OAUTH_TOKEN: 'dummy' },
};

async function whatItWaitsFor(line: CommandLine): Promise<string> {
  const found = await waitFor(
    'a run that waits',
    async () => {
      const views: RunView[] = JSON.parse((await line.ao(['status', '--json'])).stdout);
      return views.map(({ activity }) => activity).find((activity) => activity.startsWith('waiting: '));
    },
    40_000,
  );
  return found;
}

for (const client of ['claude-code', 'codex']) {
  withClients(
    [client],
    `a used-up window of ${client} is waited for until it opens, and then all goes green`,
    async (t) => {
      const { server, line, actor } = await openStage(t);
      server.scenario(client, [mending('ant', 1, once({ kind: 'usage_limit', resetsIn: 4 }))]);
      const user = await actor(client, ['ant'], subscriber[client]);
      assert.equal((await user.fix('--detach', '--yolo')).code, 0);
      const waiting = await whatItWaitsFor(line);
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

// On a screen a window's end is a time of day, without seconds.
for (const client of ['claude-code', 'codex']) {
  withClients(
    [client],
    `a used-up window of ${client} in a terminal is left alone until the time of day that its screen names`,
    async (t) => {
      const { server, line, actor } = await openStage(t);
      server.scenario(client, [mending('ant', 1, once({ kind: 'usage_limit', resetsIn: hour / 1000 }))]);
      const user = await actor(client, ['ant'], { ...subscriber[client], TZ: 'Asia/Kathmandu' });
      const before = Date.now();
      assert.equal((await user.fix('--detach', '--yolo', '--runtime', 'tmux')).code, 0);
      const [, seconds] = /, for (\d+) s more$/.exec(await whatItWaitsFor(line)) ?? [];
      const until = Date.now() + Number(seconds) * 1000;
      assert.ok(until >= before + hour && until <= Date.now() + hour + 62_000, `for ${seconds} s`);
      assert.equal(server.log.counts(client)['usage_limit'], 1);
    },
  );
}

// Left alone, these would wait for that hour themselves, most of them without a word.
for (const [client, runtime] of [
  ...['gemini', 'opencode', 'kimi', 'qwen', 'kilocode', 'pi'].map((name) => [name, 'process'] as const),
  ...['kimi', 'opencode', 'kilocode'].map((name) => [name, 'tmux'] as const),
]) {
  withClients(
    [client],
    `${client} is told to let go when its window opens in an hour, and its account is left alone until then (${runtime})`,
    async (t) => {
      const { server, line, actor } = await openStage(t);
      server.scenario(client, [mending('ant', 1, { faults: [{ kind: 'usage_limit', times: 99 }] })]);
      const user = await actor(client, ['ant']);
      assert.equal((await user.fix('--detach', '--yolo', '--runtime', runtime)).code, 0);
      const waiting = await whatItWaitsFor(line);
      const [, seconds] =
        /^waiting: every account for .+ is cooling down, for (\d+) s more$/.exec(waiting) ?? [];
      assert.ok(Number(seconds) > 3500 && Number(seconds) <= 3600, waiting);
      assert.equal(server.log.counts(client)['usage_limit'], 1);
      const sessions: SessionView[] = JSON.parse((await line.ao(['list', '--json'])).stdout);
      assert.deepEqual(
        sessions.map(({ state, outcome }) => [state, outcome]),
        [['ended', 'failed']],
      );
    },
  );
}
