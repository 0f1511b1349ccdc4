// npm run test:agents: the second try at a task goes on with the conversation of the first, or begins a new one where that is gone.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { SessionView } from '../../../src/engine/engine.ts';
import type { Case } from '../../support/model-server/scenario.ts';
import {
  about,
  type Actor,
  assertEverGreener,
  mending,
  openStage,
  promptsIn,
  redness,
  type Stage,
  withClients,
} from './support/stage.ts';

/** Stands in the first answer alone. */
const hunch = 'I have a hunch about ant.';
const refused = 'The last attempt was not accepted';
const scenario: Case[] = [
  { ...mending('ant', 1), when: [about('ant'), refused] },
  mending('ant', 0, { say: hunch, run: "echo '// a hunch' >>src/ant.mjs" }),
];

/** What a client keeps its conversations in, below its home. */
const transcripts: Record<string, string> = {
  'claude-code': '.claude/projects',
  codex: '.codex/sessions',
  kimi: '.kimi-code/sessions',
  pi: '.pi/agent/sessions',
  qwen: '.qwen/projects',
};
/** They go on with a conversation in the directory where it was held. */
const inPlace: readonly string[] = ['kimi', 'opencode', 'kilocode', 'qwen'];

async function twoAttempts({ line }: Stage, user: Actor, ...flags: string[]): Promise<SessionView[]> {
  const { code, stderr } = await user.fix('--yolo', ...flags);
  assert.equal(code, 0, stderr);
  assertEverGreener(await redness(user));
  const sessions: SessionView[] = JSON.parse((await line.ao(['list', '--json'])).stdout);
  return sessions.toSorted((a, b) => a.startedAt.localeCompare(b.startedAt));
}

for (const [client, runtime] of [
  ...['claude-code', 'codex', 'pi', ...inPlace].map((name) => [name, 'process'] as const),
  ...['claude-code', 'codex', 'kimi', 'qwen'].map((name) => [name, 'tmux'] as const),
]) {
  withClients(
    [client],
    `a second try with ${client} goes on with the conversation of the first (${runtime})`,
    async (t) => {
      const stage = await openStage(t);
      stage.server.scenario(client, scenario);
      const user = await stage.actor(client, ['ant']);
      const [first, second, ...more] = await twoAttempts(stage, user, '--runtime', runtime);
      assert.equal(more.length, 0);
      assert.deepEqual([first?.takenUp, second?.takenUp], [false, true]);
      assert.equal(second?.conversation, first?.conversation);
      assert.equal(promptsIn(stage.server, hunch), 1, 'the model is told what it said before');
      const last = JSON.stringify(stage.server.log.asked(client).at(-1)?.body);
      assert.ok(last.includes('in this conversation') && last.includes(second?.workspace ?? '?'));
      assert.equal(first?.workspace === second?.workspace, inPlace.includes(client));
      assertEqualUsage(first?.usage, second?.usage);
    },
  );
}

for (const [client, runtime] of [
  // Over the protocol qwen asks its model for suggestions too: how often it asks shows nothing there.
  ...Object.keys(transcripts)
    .filter((name) => name !== 'qwen')
    .map((name) => [name, 'process'] as const),
  ...['claude-code', 'codex', 'kimi', 'qwen'].map((name) => [name, 'tmux'] as const),
]) {
  withClients(
    [client],
    `a conversation of ${client} that is gone is followed by a new one (${runtime})`,
    async (t) => {
      const stage = await openStage(t);
      stage.server.scenario(client, scenario);
      const user = await stage.actor(client, ['ant']);
      const kept = join(user.place.home, transcripts[client] ?? '');
      // Between the two tries its own records are taken from it.
      const forget = `forget=rm -rf '${kept}'`;
      const sessions = await twoAttempts(stage, user, '--runtime', runtime, '--check', forget);
      assert.ok(sessions.every(({ takenUp }) => !takenUp));
      assert.equal(new Set(sessions.flatMap(({ conversation }) => conversation ?? [])).size, 2);
      const last = JSON.stringify(stage.server.log.asked(client).at(-1)?.body);
      assert.ok(last.includes(refused) && !last.includes(hunch));
      const asked = stage.server.log.counts(client)['answer'];
      assert.equal(asked, 4, 'a command and a claim for each of the two that worked');
    },
  );
}

/** Two answers each: what a client counts on in a conversation is counted once. */
function assertEqualUsage(one: SessionView['usage'] = null, other: SessionView['usage'] = null): void {
  assert.deepEqual(other?.tokens, one?.tokens);
  assert.ok(
    Math.abs((other?.costUsd ?? 0) - (one?.costUsd ?? 0)) < 1e-9,
    `${one?.costUsd} ${other?.costUsd}`,
  );
}
