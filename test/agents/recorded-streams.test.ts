// What our adapters make of what real agents said: recorded, with every failure. See fixtures/README.md.
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { findAgent } from '../../src/adapters/registry.ts';
import { recordedVersions } from '../support/recorded-output.ts';
import { type AgentFacts, heard, nothingHeard, type Observation } from '../../src/domain/agent-facts.ts';

const fixtures = path.join(import.meta.dirname, 'fixtures');

interface Line {
  dir: string;
  at: number;
  line: string;
}

/** How each turn ended: `completed`, `interrupted`, or the class of its failure. */
type Ends = readonly string[];

const done = ['completed'];
const ends: Record<string, Record<string, Ends>> = {
  'claude-code': {
    acknowledged: ['completed', 'completed'],
    'acknowledged-busy': ['completed', 'completed'],
    context: ['context_full'],
    drop: ['network'],
    empty: ['truncated'],
    'follow-up': ['completed', 'completed'],
    'follow-up-busy': ['completed', 'completed'],
    hang: [],
    'hang-in-stream': [],
    initialize: done,
    interrupt: ['interrupted', 'completed'],
    'limit-midway': ['usage_limit'],
    'nearly-used': done,
    overloaded: ['overloaded'],
    'partial-messages': done,
    'permission-allowed': done,
    'permission-denied': done,
    'permission-unanswered': [],
    quota: ['quota'],
    'rate-limit': ['rate_limit'],
    'rate-limit-no-hint': ['rate_limit'],
    'rate-limit-twice': done,
    refused: ['network'],
    'server-error': ['overloaded'],
    success: done,
    truncated: ['truncated'],
    unauthorized: ['authentication'],
    'unauthorized-subscriber': ['authentication'],
    unfinished: ['truncated'],
    'usage-limit': ['usage_limit'],
    // Its server says no more than that there were too many requests.
    'usage-limit-api-key': ['rate_limit'],
  },
  codex: {
    context: ['context_full'],
    drop: ['truncated'],
    empty: ['truncated'],
    'follow-up': ['completed', 'completed'],
    hang: [],
    'hang-in-stream': [],
    interrupt: ['interrupted', 'completed'],
    'limit-midway': ['usage_limit'],
    'nearly-used': done,
    overloaded: ['overloaded'],
    'permission-allowed': done,
    'permission-denied': done,
    'permission-unanswered': [],
    quota: ['quota'],
    'rate-limit': ['rate_limit'],
    'rate-limit-no-hint': ['rate_limit'],
    'rate-limit-twice': done,
    refused: ['network'],
    'refused-unbounded': [],
    'server-error': ['overloaded'],
    steer: done,
    success: done,
    truncated: ['truncated'],
    unauthorized: ['authentication'],
    unfinished: ['truncated'],
    'usage-limit': ['usage_limit'],
  },
  pi: {
    context: ['context_full'],
    drop: ['network'],
    empty: ['truncated'],
    'follow-up': ['completed', 'completed'],
    'follow-up-busy': done,
    hang: [],
    'hang-in-stream': [],
    interrupt: ['interrupted', 'completed'],
    'interrupt-command': ['interrupted'],
    'limit-midway': ['usage_limit'],
    overloaded: ['overloaded'],
    'permission-allowed': done,
    'permission-denied': done,
    'permission-unanswered': [],
    quota: ['quota'],
    'rate-limit': ['rate_limit'],
    'rate-limit-twice': done,
    refused: ['network'],
    'server-error': ['overloaded'],
    success: done,
    truncated: ['truncated'],
    unauthorized: ['authentication'],
    unfinished: ['truncated'],
    'usage-limit': ['usage_limit'],
  },
};

/** Over ACP, all alike; failures are in the table (`failure-table.ts`). */
const overAcp: Record<string, Ends> = {
  'follow-up': ['completed', 'completed'],
  interrupt: ['interrupted', 'completed'],
  'permission-allowed': done,
  'permission-denied': done,
  'permission-unanswered': [],
  'rate-limit-twice': done,
  success: done,
};

const unlikeOthers: Record<string, Record<string, Ends>> = {
  gemini: { 'rate-limit-twice': ['rate_limit'] }, // in tests it asks only twice
  qwen: { 'permission-unanswered': ['interrupted'] }, // by the end of its input
  kimi: {},
  opencode: {},
  kilocode: {},
};

for (const [agent, unlike] of Object.entries(unlikeOthers)) {
  test(`recorded streams of ${agent}: what went well is not taken for a failure`, () => {
    const all = recordings(agent, newestOf(agent));
    for (const [name, expected] of Object.entries({ ...overAcp, ...unlike })) {
      assert.deepEqual(endsOf(agent, linesOf(all, name)), expected, name);
    }
  });
}

for (const [agent, expected] of Object.entries(ends)) {
  recordedVersions(agent).forEach((version, age) => checkStreams({ agent, version, age }, expected));
}

/** `age`: 0 for the newest version, of which everything is recorded. */
function checkStreams(
  { agent, version, age }: { agent: string; version: string; age: number },
  expected: Record<string, Ends>,
): void {
  const all = recordings(agent, version);

  describe(`recorded streams of ${agent} ${version}`, () => {
    test('each turn ends as it did, by its class of failure', () => {
      const found = [...all].map(([name, lines]) => [name, endsOf(agent, lines)]);
      const recorded = Object.entries(expected).filter(([name]) => age === 0 || all.has(name));
      assert.deepEqual(Object.fromEntries(found), Object.fromEntries(recorded));
    });

    test('a limit is told with the moment at which it is lifted', () => {
      for (const name of ['usage-limit', 'limit-midway']) {
        const { end } = read(agent, linesOf(all, name)).facts;
        assert.ok(end?.outcome === 'failed' && (end.failure.resetAt ?? 0) > 1_700_000_000_000, name);
      }
    });

    test('a question that nobody answers stays open, an answered one does not', () => {
      const open = read(agent, linesOf(all, 'permission-unanswered')).facts.asked;
      assert.equal(open.length, 1);
      assert.match(open[0]?.title ?? '', /hello\.txt/);
      for (const name of ['permission-allowed', 'permission-denied']) {
        const { facts, seen } = read(agent, linesOf(all, name));
        assert.equal(facts.asked.length, 0);
        assert.equal(seen.filter(({ kind }) => kind === 'permission').length, 1);
      }
    });

    test('it waits for its model from its word that it asks again until that answers', () => {
      const lines = linesOf(all, 'rate-limit-twice');
      const states = lines.map((_, index) => read(agent, lines.slice(0, index + 1)).facts.retrying !== null);
      const changes = states.filter((state, index) => state !== states[index - 1]);
      assert.deepEqual(changes, [false, true, false]);
    });

    test('nothing of it is unknown, and it tells of its conversation', () => {
      for (const [name, lines] of all) assert.equal(read(agent, lines).facts.unknown, 0, name);
      const { facts } = read(agent, linesOf(all, 'success'));
      assert.match(facts.conversation ?? '', /^[\w-]{20,}$/);
    });

    test('each message of ours that has a name is seen to be received', { skip: namesNone(all) }, () => {
      for (const name of ['acknowledged', 'acknowledged-busy']) {
        const told = linesOf(all, name).filter(({ dir }) => dir === 'in');
        const named = told.map(({ line }) => String(JSON.parse(line).uuid));
        const seen = read(agent, linesOf(all, name)).seen.flatMap((one) =>
          one.kind === 'received' ? [one.message] : [],
        );
        assert.deepEqual([...new Set(seen)], named, name);
      }
    });
  });
}

for (const [agent, part] of [
  ['codex', 'item/agentMessage/delta'],
  ['pi', '"message_update"'],
] as const) {
  test(`${agent} waits no more from the first part of the answer on`, () => {
    const lines = linesOf(recordings(agent, newestOf(agent)), 'rate-limit-twice');
    const first = lines.findIndex(({ line }) => line.includes(part));
    assert.equal(read(agent, lines.slice(0, first + 1)).facts.retrying, null);
  });
}

function newestOf(agent: string): string {
  return recordedVersions(agent)[0] ?? '';
}

function linesOf(all: ReadonlyMap<string, Line[]>, name: string): Line[] {
  const lines = all.get(name);
  assert.ok(lines, name);
  return lines;
}

function namesNone(all: ReadonlyMap<string, unknown>): string | false {
  return all.has('acknowledged') ? false : 'its messages have numbers of the protocol';
}

function recordings(agent: string, version: string): Map<string, Line[]> {
  const files = globSync(`${agent}/${version}/*.jsonl`, { cwd: fixtures }).toSorted();
  return new Map(files.map((file) => [path.basename(file, '.jsonl'), parse(file)]));
}

function parse(file: string): Line[] {
  const text = readFileSync(path.join(fixtures, file), 'utf8');
  const lines: Line[] = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  return lines.filter(({ dir }) => ['in', 'out', 'err'].includes(dir));
}

function read(agent: string, lines: readonly Line[]): { facts: AgentFacts; seen: Observation[] } {
  const adapter = findAgent(agent);
  let { state } = adapter.begin({ workspace: '/home/user/project', model: null, permissions: 'ask' });
  let facts = nothingHeard;
  const seen: Observation[] = [];
  for (const { dir, line, at } of lines) {
    if (dir === 'in') continue;
    const step = adapter.interpret(`${line}\n`, state);
    state = step.state;
    seen.push(...step.observations);
    for (const observation of step.observations) facts = heard(facts, observation, at);
  }
  return { facts, seen };
}

function endsOf(agent: string, lines: readonly Line[]): string[] {
  return read(agent, lines).seen.flatMap((observation) => {
    if (observation.kind !== 'turn_ended') return [];
    return [observation.outcome === 'failed' ? observation.failure.class : observation.outcome];
  });
}
