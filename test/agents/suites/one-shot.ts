// npm run test:agents: each real client does one task, and neither it nor what it starts asks anybody but us.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { ModelServer } from '../../support/model-server/server.ts';
import { type Client, clientNamed, clients, required } from '../clients/catalogue.ts';
import { findClient } from '../clients/install.ts';
import { makePlace, type Place, removePlace } from '../clients/place.ts';
import { profiles } from '../clients/profiles.ts';
import { type Attempt, attemptsIn, canTrace, leaves, loopbackOnly, traced } from '../isolation.ts';
import { type Line, Take } from '../record/take.ts';

const inCi = process.env['CI'] === 'true';
const named = process.env['AO_TEST_AGENTS'];
const chosen = named ? named.split(',').map(clientNamed) : clients;
/** Set by the runner when it could put us in a network of our own. */
const isolated = process.env['AO_TEST_ISOLATED'] === '1';
const tracing = canTrace();

/** Where something is missing: a failure where it must be there, else a skipped test that says why. */
function need(sentence: string, lacking: string | null, run: () => Promise<void>): void {
  if (lacking === null) test(sentence, run);
  else if (inCi) test(sentence, () => assert.fail(lacking));
  else test(`${sentence} (skipped: ${lacking})`, { skip: true }, run);
}

interface Seen {
  lines: Line[];
  attempts: Attempt[];
  port: number;
  answers: number;
  written: string | null;
}

async function oneShot(client: Client, how: { ours: boolean; patienceMs: number }): Promise<Seen> {
  const installed = findClient(client);
  const profile = profiles[client.name];
  if (!installed || !profile) throw new Error(`${client.name} is not installed`);
  const server = new ModelServer();
  await server.listen();
  const place = makePlace(client, installed, server.baseUrl('write'));
  try {
    const argv = profile.oneShot('Write hello.txt.');
    const trace = join(place.home, 'trace');
    const vendor = how.ours ? undefined : profile.vendor;
    const all = [...(tracing ? traced(trace) : []), ...argv, ...(vendor?.args ?? [])];
    const take = new Take(place, all, { env: vendor?.env ?? {} });
    take.closeInput();
    const lines = await take.end(how.patienceMs);
    return {
      lines,
      attempts: tracing ? attemptsIn(readFileSync(trace, 'utf8')) : [],
      port: server.port,
      answers: server.log.counts()['answer'] ?? 0,
      written: writtenBy(place),
    };
  } finally {
    await server.close();
    removePlace(place);
  }
}

function writtenBy(place: Place): string | null {
  const path = join(place.workspace, 'hello.txt');
  return existsSync(path) ? readFileSync(path, 'utf8') : null;
}

const untraced = tracing ? null : 'strace is missing';
const unisolated = isolated ? null : 'no network namespace can be made here';

need('nothing but loopback can be reached from here', unisolated, async () => {
  assert.ok(loopbackOnly());
  await assert.rejects(fetch('http://203.0.113.1/', { signal: AbortSignal.timeout(5000) }));
});

for (const client of chosen.filter(({ name }) => (profiles[name]?.oneShot('').length ?? 0) > 0)) {
  const title = `${client.name} ${client.version}`;
  const there = findClient(client) !== null;
  const lacking = there ? null : `${client.name} could not be installed`;
  if (!there && !required.includes(client.name)) {
    test(`${title} (skipped: ${lacking})`, { skip: true }, () => {});
    continue;
  }
  need(`${title} does one task, and asks nobody but the model server`, lacking ?? untraced, async () => {
    const seen = await oneShot(client, { ours: true, patienceMs: 90_000 });
    const end = seen.lines.at(-1);
    assert.ok(end?.dir === 'exit' && end.code === 0, JSON.stringify(seen.lines.slice(-5)));
    assert.equal(seen.written, 'hello from the model\n');
    assert.equal(seen.answers, 2, 'the command, and the claim after it');
    assert.ok(
      seen.attempts.some(({ port }) => port === seen.port),
      'the trace shows the model server',
    );
    assert.deepEqual(seen.attempts.filter(leaves), []);
  });
  if (profiles[client.name]?.vendor === undefined) continue;
  need(
    `${title} would ask its vendor without our address, is seen doing it, and cannot`,
    lacking ?? unisolated ?? untraced,
    async () => {
      const seen = await oneShot(client, { ours: false, patienceMs: 8000 });
      const outward = seen.attempts.filter(leaves);
      assert.ok(outward.length > 0, 'the trace would show a client that leaves loopback');
      assert.deepEqual(
        outward.filter(({ failed }) => !failed),
        [],
      );
      assert.deepEqual([seen.answers, seen.written], [0, null]);
    },
  );
}
