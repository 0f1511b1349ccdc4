// npm run test:agents: what people say to real clients while these work: it arrives once, or it is said that it did not.
import assert from 'node:assert/strict';
import { waitFor } from '../../support/wait-for.ts';
import {
  about,
  approving,
  assertEverGreener,
  live,
  mending,
  once,
  openStage,
  promptsIn,
  redness,
  report,
  said,
  signal,
  type Stage,
  withClients,
} from './support/stage.ts';

const text = 'One more word from a person.';

/** The session that waits for its model. */
async function atItsModel({ server, line }: Stage, outcome: string): Promise<string> {
  await waitFor('a request', () => (server.log.counts()[outcome] ?? 0) > 0, 60_000);
  const [session] = await live(line);
  assert.ok(session);
  return session.id;
}

// gemini forgets the turn with its task: what it is told behind that, it has, and knows nothing more.
for (const client of ['claude-code', 'codex', 'pi', 'kimi', 'qwen', 'opencode', 'kilocode']) {
  withClients(
    [client],
    `ao send --interrupt gets ${client} out of a model that does not answer`,
    async (t) => {
      const stage = await openStage(t);
      stage.server.scenario(client, [mending('ant', 1, once({ kind: 'hang' }))]);
      const user = await stage.actor(client, ['ant']);
      assert.equal((await user.fix('--detach', '--yolo')).code, 0);
      const session = await atItsModel(stage, 'hang');
      const told = await stage.line.ao(['send', session, text, '--interrupt', '--wait']);
      assert.equal(told.code, 0, told.stderr);
      const { ok, tasks } = await report(stage.line, user);
      assert.deepEqual([ok, tasks[0]?.attempts.length], [true, 1]);
      assert.equal(promptsIn(stage.server, text), 1);
      assertEverGreener(await redness(user));
    },
  );
}

for (const client of ['claude-code', 'codex', 'pi']) {
  withClients(
    [client],
    `what is told to ${client} is not told again after kill -9 between writing it and seeing that it arrived`,
    async (t) => {
      const stage = await openStage(t);
      stage.server.scenario(client, [mending('ant', 1)]);
      const user = await stage.actor(client, ['ant']);
      const release = stage.server.hold();
      assert.equal((await user.fix('--detach', '--yolo')).code, 0);
      const session = await atItsModel(stage, 'answer');
      signal(session, 'SIGSTOP'); // so that it cannot show that it has the message
      await stage.line.ao(['send', session, text]);
      await waitFor('a written message', () => said(stage, text)[0]?.state === 'sent');
      process.kill(await stage.line.daemon(), 'SIGKILL');
      await live(stage.line);
      signal(session, 'SIGCONT');
      await waitFor('its arrival', () => said(stage, text)[0]?.state === 'received', 20_000);
      release();
      assert.equal((await report(stage.line, user)).ok, true);
      assert.deepEqual([said(stage, text).length, promptsIn(stage.server, text)], [1, 1]);
    },
  );
}

for (const client of ['claude-code', 'codex', 'pi']) {
  withClients(
    [client],
    `what is told to ${client} during its last words is worked on too, with the questions that it has then`,
    async (t) => {
      const stage = await openStage(t);
      const [mend] = mending('ant', 1, { askLeave: true }).turns;
      const last = { say: 'TASK COMPLETE: ant was right all along' };
      stage.server.scenario(client, [
        { when: text, turns: [{ ...mend }, { say: 'TASK COMPLETE: mended ant' }] },
        { when: about('ant'), turns: [{ ...last, pace: 700 }] },
      ]);
      const user = await stage.actor(client, ['ant']);
      assert.equal((await user.fix('--detach')).code, 0);
      const session = await atItsModel(stage, 'answer');
      assert.equal((await stage.line.ao(['send', session, text])).code, 0);
      const person = approving(stage.line);
      const { ok, tasks } = await report(stage.line, user);
      assert.equal((await person.end()).length, 1);
      assert.deepEqual([ok, tasks[0]?.attempts.length], [true, 1]);
    },
  );
}

withClients(
  ['gemini'],
  'what is told to gemini while it works waits for the end of its turn, and arrives once',
  async (t) => {
    const stage = await openStage(t);
    stage.server.scenario('gemini', [mending('ant', 1)]);
    const user = await stage.actor('gemini', ['ant']);
    const release = stage.server.hold();
    assert.equal((await user.fix('--detach', '--yolo')).code, 0);
    const session = await atItsModel(stage, 'answer');
    assert.equal((await stage.line.ao(['send', session, text])).code, 0);
    assert.equal(said(stage, text)[0]?.state, 'queued');
    release();
    const { ok, tasks } = await report(stage.line, user);
    assert.deepEqual([ok, tasks[0]?.attempts.length], [true, 1]);
    assert.equal(said(stage, text)[0]?.state, 'received');
    assert.equal(promptsIn(stage.server, text), 1);
  },
);

withClients(
  ['gemini'],
  'what waits for an agent that dies is undelivered, which is said, and its text is kept',
  async (t) => {
    const stage = await openStage(t);
    stage.server.scenario('gemini', [mending('ant', 1)]);
    const user = await stage.actor('gemini', ['ant']);
    const release = stage.server.hold();
    assert.equal((await user.fix('--detach', '--yolo')).code, 0);
    const session = await atItsModel(stage, 'answer');
    const told = stage.line.ao(['send', session, text, '--wait']);
    await waitFor('a message that waits', () => said(stage, text).length > 0);
    signal(session, 'SIGKILL');
    const { code, stderr } = await told;
    assert.equal(code, 1);
    assert.match(stderr, /not delivered: the agent ended before it could be told/);
    const [message] = said(stage, text);
    assert.deepEqual([message?.state, message?.content], ['undelivered', { kind: 'message', text }]);
    release();
    const { ok, tasks } = await report(stage.line, user);
    assert.deepEqual([ok, tasks[0]?.attempts.length], [true, 2]);
    const late = await stage.line.ao(['send', session, text]);
    assert.match(late.stderr, /has ended/);
  },
);
