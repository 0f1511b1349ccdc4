// npm run test:agents: agents with their own user interfaces, in terminals that a person may enter.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Case } from '../../support/model-server/scenario.ts';
import { lives } from '../../support/installation.ts';
import { waitFor } from '../../support/wait-for.ts';
import {
  about,
  approving,
  assertEverGreener,
  assertNothingLeft,
  live,
  mending,
  once,
  openStage,
  promptsIn,
  redness,
  report,
  said,
  signal,
  withClients,
} from './support/stage.ts';

const text = '/One more word from a person,\n!on two lines.';

/** A 429 at the first request, a hang, a question, and one that only says that it is done. */
const troubles: Case[] = [
  mending('ant', 1, once({ kind: 'rate_limit', retryAfter: 1 })),
  mending('bee', 2, once({ kind: 'hang' })),
  mending('cat', 3, { askLeave: true }),
  { ...mending('dog', 4), when: [about('dog'), 'there was nothing to judge'] },
  { when: about('dog'), turns: [{ say: 'TASK COMPLETE: dog was right all along' }] },
];

/** Of each client, where a person's trust in folders stands, and how: none of ours may stay there. */
const trust: Readonly<Record<string, [file: string, entry: RegExp]>> = {
  'claude-code': ['.claude.json', /hasTrustDialogAccepted/],
  codex: ['.codex/config.toml', /trust_level/],
  kimi: ['.kimi-code/workspace-trust', /./],
  gemini: ['.gemini/trustedFolders.json', /./],
  qwen: ['.qwen/trustedFolders.json', /./],
  opencode: ['.config/opencode/none', /./],
  kilocode: ['.config/kilo/none', /./],
};

/** What makes one ask that otherwise does as it likes. */
const asking: Readonly<Record<string, Record<string, string>>> = {
  opencode: { OPENCODE_PERMISSION: '{"bash":"ask"}' },
};

/** Of one that takes longer to begin on a busy machine than others take for all of it. */
const limit: Readonly<Record<string, string>> = { opencode: '75s', kilocode: '75s' };

/** Of a file, or the names of the files in a directory. */
function textAt(path: string): string {
  if (!existsSync(path)) return '';
  return statSync(path).isDirectory() ? readdirSync(path).join('\n') : readFileSync(path, 'utf8');
}

for (const [client, [account, trusted]] of Object.entries(trust)) {
  withClients(
    [client],
    `ao fix with ${client} in terminals goes green through a 429, a hang, a question and a lie`,
    async (t) => {
      const { server, line, actor } = await openStage(t);
      server.scenario(client, troubles);
      const user = await actor(client, ['ant', 'bee', 'cat', 'dog'], asking[client]);
      const person = approving(line);
      const limits = ['--timeout', limit[client] ?? '30s', '--stuck-after', '7s', '--concurrency', '3'];
      const fixed = await user.fix('--runtime', 'tmux', ...limits, '--json');
      const asked = await person.end();
      assert.equal(fixed.code, 0, fixed.stderr);
      assert.ok(asked.length > 0, 'a person was asked');
      assert.match(fixed.stderr, /agent is stuck: nothing was heard of it for \d+ s/);
      assert.match(JSON.stringify(JSON.parse(fixed.stdout).tasks), /dog was right all along/);
      assertEverGreener(await redness(user));
      await assertNothingLeft(user);
      assert.doesNotMatch(textAt(join(user.place.home, account)), trusted);
    },
  );

  withClients(
    [client],
    `${client} in terminals outlives kill -9 of the daemon: it is told more, asks afterwards, and lands`,
    async (t) => {
      const { server, line, actor } = await openStage(t);
      server.scenario(client, [mending('ant', 1, { askLeave: true }), mending('bee', 2)]);
      const user = await actor(client, ['ant', 'bee'], asking[client]);
      const release = server.hold();
      assert.equal((await user.fix('--detach', '--runtime', 'tmux', '--concurrency', '2')).code, 0);
      await waitFor(
        'two that wait for their model',
        () => (server.log.counts()['answer'] ?? 0) >= 2,
        120_000,
      );
      const before = (await live(line)).map(({ id, pid }) => ({ id, pid }));
      assert.equal(before.length, 2);
      process.kill(await line.daemon(), 'SIGKILL');
      const after = (await live(line)).map(({ id, pid }) => ({ id, pid }));
      assert.deepEqual(after, before);
      assert.ok(after.every(({ pid }) => pid !== null && lives(pid)));
      for (const { id } of after) assert.equal((await line.ao(['send', id, `${text} ${id}`])).code, 0);
      const person = approving(line);
      release();
      const { ok, tasks } = await report(line, user);
      assert.equal(ok, true);
      assert.ok(
        tasks.every(({ attempts }) => attempts.length === 1),
        'nobody is started twice',
      );
      assert.ok((await person.end()).length > 0, 'one asked after the crash');
      for (const { id } of before)
        assert.equal(promptsIn(server, `on two lines. ${id}`), 1, `prompts for ${id}`);
    },
  );

  withClients(
    [client],
    `ao send --interrupt gets ${client} in a terminal out of a model that does not answer`,
    async (t) => {
      const { server, line, actor } = await openStage(t);
      server.scenario(client, [mending('ant', 1, once({ kind: 'hang' }))]);
      const user = await actor(client, ['ant']);
      assert.equal((await user.fix('--detach', '--yolo', '--runtime', 'tmux')).code, 0);
      await waitFor('a request', () => (server.log.counts()['hang'] ?? 0) > 0, 120_000);
      const [session] = await live(line);
      assert.ok(session);
      const told = await line.ao(['send', session.id, text, '--interrupt', '--wait']);
      assert.equal(told.code, 0, told.stderr);
      const { ok, tasks } = await report(line, user);
      assert.deepEqual([ok, tasks[0]?.attempts.length], [true, 1]);
      assert.equal(promptsIn(server, 'on two lines.'), 1);
    },
  );

  withClients(
    [client],
    `what is typed for ${client} is not typed again after kill -9 between typing it and seeing that it arrived`,
    async (t) => {
      const stage = await openStage(t);
      const { server, line, actor } = stage;
      server.scenario(client, [mending('ant', 1)]);
      const user = await actor(client, ['ant']);
      const release = server.hold();
      assert.equal((await user.fix('--detach', '--yolo', '--runtime', 'tmux')).code, 0);
      await waitFor('a request', () => (server.log.counts()['answer'] ?? 0) > 0, 120_000);
      const [session] = await live(line);
      assert.ok(session);
      assert.equal((await line.ao(['send', session.id, text])).code, 0);
      release();
      await waitFor('a message that is being typed', () => said(stage, text)[0]?.state === 'sent', 30_000);
      signal(session.id, 'SIGSTOP'); // so that it cannot show that it has it
      process.kill(await line.daemon(), 'SIGKILL');
      await live(line);
      signal(session.id, 'SIGCONT');
      assert.equal((await report(line, user)).ok, true);
      const [message] = said(stage, text);
      assert.equal(
        promptsIn(server, 'on two lines.'),
        message?.state === 'received' ? 1 : 0,
        JSON.stringify(message),
      );
    },
  );
}

// Their turn ends with the refusal, but their screens show no end as of other turns.
for (const client of ['opencode', 'kilocode']) {
  withClients(
    [client],
    `a refused command ends the turn of ${client} in a terminal, which hears the reason as its next message`,
    async (t) => {
      const stage = await openStage(t);
      const { server, line, actor } = stage;
      const asks = mending('ant', 1, { askLeave: true });
      server.scenario(client, [{ ...asks, when: text }, asks]);
      const user = await actor(client, ['ant'], asking[client]);
      assert.equal((await user.fix('--detach', '--runtime', 'tmux')).code, 0);
      const session = await waitFor(
        'a question',
        async () => (await live(line)).find(({ asks: open }) => open.length > 0),
        120_000,
      );
      assert.equal((await line.ao(['deny', session.id, '--reason', text])).code, 0);
      await waitFor('a message that arrived', () => said(stage, text)[0]?.state === 'received', 60_000);
      const person = approving(line);
      const { ok, tasks } = await report(line, user);
      await person.end();
      assert.deepEqual([ok, tasks[0]?.attempts.length], [true, 1]);
      assert.equal(promptsIn(server, 'on two lines.'), 1);
    },
  );
}
