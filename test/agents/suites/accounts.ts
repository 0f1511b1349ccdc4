// npm run test:agents: two logins of one client, each in a directory of its own, work side by side.
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { SessionView } from '../../../src/engine/engine.ts';
import type { Place } from '../clients/place.ts';
import { about, assertEverGreener, mending, openStage, redness, withClients } from './support/stage.ts';

/** Settings with which a client finds the model server: where its home has them, and where its account. */
const settings: Record<string, { home: string; account: string }> = {
  'claude-code': { home: '.claude.json', account: '.claude.json' },
  codex: { home: '.codex', account: '' },
  gemini: { home: '.gemini', account: '.gemini' },
  kimi: { home: '.kimi-code', account: '' },
  qwen: { home: '.qwen', account: '' },
  pi: { home: '.pi/agent', account: '' },
};

const all = ['claude-code', 'codex', 'gemini', 'kimi', 'qwen', 'opencode', 'kilocode', 'pi'];

for (const [client, runtime] of [
  ...all.map((name) => [name, 'process'] as const),
  ...['claude-code', 'codex', 'kimi', 'opencode', 'kilocode'].map((name) => [name, 'tmux'] as const),
]) {
  withClients(
    [client],
    `two accounts of ${client} work side by side, and nothing mixes (${runtime})`,
    async (t) => {
      const { server, line, actor } = await openStage(t);
      server.scenario(client, [mending('ant', 1), mending('bee', 1)]);
      const first = await actor(client, ['ant']);
      const { home } = first.place;
      const second = await actor(client, ['bee'], { HOME: home });
      const [work, play] = [makeAccount(second.place, 'work'), makeAccount(second.place, 'play')];
      const before = filesIn(home);
      const ended = await Promise.all([
        first.fix('--yolo', '--runtime', runtime, '--account-dir', work),
        second.fix('--yolo', '--runtime', runtime, '--account-dir', play),
      ]);
      for (const { code, stderr } of ended) assert.equal(code, 0, stderr);
      for (const user of [first, second]) assertEverGreener(await redness(user));
      assert.deepEqual(
        [mentions(work, 'ant'), mentions(work, 'bee'), mentions(play, 'ant'), mentions(play, 'bee')],
        [true, false, false, true],
      );
      assert.deepEqual(filesIn(home), before, 'nothing is written to the home directory');
      const sessions: SessionView[] = JSON.parse((await line.ao(['list', '--json'])).stdout);
      assert.deepEqual(sessions.map(({ account }) => account).toSorted(), ['play', 'work']);
    },
  );
}

function makeAccount({ home, client }: Place, name: string): string {
  const account = join(home, name);
  mkdirSync(account);
  const from = settings[client.name];
  if (from !== undefined) cpSync(join(home, from.home), join(account, from.account), { recursive: true });
  return account;
}

/** Whether that module's task stands in what the client keeps there. */
function mentions(directory: string, module: string): boolean {
  return filesIn(directory).some((path) => readFileSync(join(directory, path)).includes(about(module)));
}

/** But those of the workspace and the temporary directory, which lie in a home of the tests. */
function filesIn(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => relative(directory, join(parentPath, name)))
    .filter((path) => !/^(tmp|project)\//.test(path))
    .toSorted();
}
