// npm run test:agents: what is typed into real clients' terminals arrives byte for byte, once each, whatever its length.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { waitFor } from '../../support/wait-for.ts';
import {
  assertEverGreener,
  live,
  mending,
  openStage,
  redness,
  report,
  withClients,
} from './support/stage.ts';

const sizes = [10, 1000, 4200, 60_000, 200_000];

/** Of about so many bytes: words, signs, lines of all lengths, letters of several bytes; no other holds it. */
function textOf(bytes: number): string {
  const line = `the ünïcode 🙂 "quoted" $HOME \\n <b>; 100% of ${bytes} `;
  const lines = Array.from(
    { length: Math.ceil(bytes / 200) },
    (_, at) => `${at}: ${line.repeat(1 + (at % 3))}`,
  );
  return `begin-${bytes} ${lines.join('\n').slice(0, bytes)} end-${bytes}`;
}

const inJson = (text: string): string => JSON.stringify(text).slice(1, -1);

for (const client of ['claude-code', 'codex', 'gemini', 'qwen', 'kimi', 'opencode', 'kilocode']) {
  withClients(
    [client],
    `what is typed into ${client}'s terminal arrives byte for byte, once each`,
    async (t) => {
      const { server, line, actor } = await openStage(t);
      server.scenario(client, [mending('ant', 1), { turns: [{ say: 'Heard.' }] }]);
      const user = await actor(client, ['ant']);
      const release = server.hold();
      assert.equal((await user.fix('--detach', '--yolo', '--runtime', 'tmux', '--timeout', '4m')).code, 0);
      await waitFor('a request', () => (server.log.counts()['answer'] ?? 0) > 0, 120_000);
      const [session] = await live(line);
      assert.ok(session);
      const texts = sizes.map(textOf);
      for (const text of texts) {
        const file = join(user.place.home, 'message.txt');
        writeFileSync(file, text);
        const told = await line.ao(['send', session.id, '--file', file]);
        assert.equal(told.code, 0, told.stderr);
      }
      release();
      assert.equal((await report(line, user)).ok, true);
      assertEverGreener(await redness(user));
      const bodies = server.log.asked(client).map(({ body }) => JSON.stringify(body));
      const last = bodies.findLast((body) => body.includes('begin-10 ')) ?? '';
      const counts = texts.map((text) => last.split(inJson(text)).length - 1);
      assert.deepEqual(
        counts,
        texts.map(() => 1),
      );
    },
  );
}
