// npm run test:agents: the daemon dies while real clients work.
import assert from 'node:assert/strict';
import { waitFor } from '../../support/wait-for.ts';
import {
  approving,
  assertEverGreener,
  live,
  mending,
  openStage,
  promptsIn,
  redness,
  report,
  withClients,
} from './support/stage.ts';
import { lives } from '../../support/installation.ts';

withClients(
  ['claude-code', 'codex'],
  'Agents outlive the daemon (kill -9 with five live clients): each is found again and told more, one asks afterwards, all land',
  async (t) => {
    const { server, line, actor } = await openStage(t);
    server.scenario('claude-code', [mending('ant', 1), mending('bee', 2), mending('cat', 3)]);
    server.scenario('codex', [mending('dog', 1, { askLeave: true }), mending('eel', 2)]);
    const users = [await actor('claude-code', ['ant', 'bee', 'cat']), await actor('codex', ['dog', 'eel'])];
    const release = server.hold();
    for (const user of users) {
      const { code, stderr } = await user.fix('--detach', '--concurrency', '3');
      assert.equal(code, 0, stderr);
    }
    await waitFor('five that wait for their model', () => (server.log.counts()['answer'] ?? 0) >= 5, 60_000);
    const before = (await live(line)).map(({ id, pid }) => ({ id, pid }));
    assert.equal(before.length, 5);
    const daemon = await line.daemon();
    process.kill(daemon, 'SIGKILL');

    const after = (await live(line)).map(({ id, pid }) => ({ id, pid }));
    assert.notEqual(await line.daemon(), daemon);
    assert.deepEqual(after, before);
    assert.ok(after.every(({ pid }) => pid !== null && lives(pid)));
    const followUp = (id: string): string => `Thank you, says the one who follows ${id}.`;
    for (const { id } of after) {
      const told = await line.ao(['send', id, followUp(id), '--wait']);
      assert.equal(told.code, 0, `${id}: ${told.stderr}`);
    }
    const person = approving(line);
    release();
    for (const user of users) {
      const { ok, tasks } = await report(line, user);
      assert.equal(ok, true);
      assert.ok(
        tasks.every(({ attempts }) => attempts.length === 1),
        'nobody is started twice',
      );
      assertEverGreener(await redness(user));
    }
    const asked = await person.end();
    assert.ok(asked.length > 0, 'one asked after the crash');
    for (const { id } of before) assert.equal(promptsIn(server, followUp(id)), 1, `prompts for ${id}`);
  },
);
