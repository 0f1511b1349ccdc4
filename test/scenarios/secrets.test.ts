import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, test } from 'node:test';
import type { SessionView } from '../../src/engine/engine.ts';
import type { Report } from '../../src/domain/report.ts';
import { makeRepository } from '../support/repositories.ts';
import { waitFor } from '../support/wait-for.ts';
import { type CommandLine, openCommandLine, type Outcome } from './support/command-line.ts';
import { nodeTest } from './support/engine.ts';
import { redModules } from './support/modules.ts';

const program = path.resolve(import.meta.dirname, 'support/leaky-acp-agent.mjs');
const scratch = await mkdtemp(path.join(tmpdir(), 'ao-secrets-'));
after(() => rm(scratch, { recursive: true }));

/** Twelve values that the environment names, eighteen that nobody told us of. */
const values = Array.from(
  { length: 12 },
  (_, index) => `canary ${index}/of-no+shape"${'tuvwx'.repeat(index)}`,
);
const body = (index: number): string => `Zq${index}${'c4NaRyB0dY'.repeat(3)}${index}x`;
const heads = [
  'ghp_',
  'gho_',
  'ghu_',
  'ghs_',
  'ghr_',
  'github_pat_',
  'sk-',
  'sk-ant-api03-',
  'sk-proj-',
  'glpat-',
];
const shapes = [
  ...heads.map((head, index) => head + body(index)),
  ...['A', 'B', 'C', 'D'].map((sign) => `AKIA${sign.repeat(8)}CANARY77`),
  `xoxb-1234-${body(20)}`,
  `AIza${body(21).slice(0, 35)}`,
  `Bearer ${body(22)}`,
  `eyJhbGciOiJIUzI1NiJ9.eyJjYW5hcnkiOnRydWV9.${body(23)}`,
];
const canaries = [...values, ...shapes];
const secretEnv = Object.fromEntries(values.map((value, index) => [`CANARY_${index}_TOKEN`, value]));
const envFlags = Object.keys(secretEnv).flatMap((name) => ['--env', name]);

/** Each canary as it is and as it may be encoded. */
const marks = canaries.flatMap((canary) => {
  const own = canary.replace(/^Bearer /, '');
  const whole = [own, JSON.stringify(own).slice(1, -1), encodeURIComponent(own)];
  if (!values.includes(canary)) return whole;
  const bytes = Buffer.from(own);
  return [
    ...whole,
    bytes.toString('hex'),
    bytes.toString('base64').slice(0, -4),
    Buffer.from(`x${own}`).toString('base64').slice(4, -4),
  ];
});

function holdsNone(where: string, text: string): void {
  const found = marks.filter((mark) => text.includes(mark));
  assert.deepEqual(found, [], `${where} gives away ${found.length} of ${marks.length}`);
}

/** All that is kept, but the agents' own work and what agents are given: their environment and what they are told. */
async function everythingKept(home: string): Promise<Map<string, string>> {
  const kept = new Map<string, string>();
  for (const entry of await readdir(home, { recursive: true, withFileTypes: true })) {
    const name = path.join(entry.parentPath, entry.name);
    if (!entry.isFile() || /\/(workspaces|projects)\/|\/ao\.db/.test(name)) continue;
    kept.set(name, await readFile(name, 'latin1'));
  }
  const database = new DatabaseSync(path.join(home, 'ao.db'), { readOnly: true });
  for (const { name } of database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all()) {
    const rows = database.prepare(`SELECT * FROM "${String(name)}"`).all();
    kept.set(`table ${String(name)}`, JSON.stringify(rows.map((row) => Object.values(row).map(shownColumn))));
  }
  database.close();
  return kept;
}

function shownColumn(value: unknown): unknown {
  if (typeof value !== 'string' || !value.startsWith('{')) return value;
  const { env: _env, agentEnv: _agentEnv, content: _content, ...shown } = JSON.parse(value);
  return JSON.stringify(shown);
}

async function shownBy(line: CommandLine, commands: string[][]): Promise<void> {
  for (const command of commands) {
    const { stdout, stderr } = await line.ao(command);
    assert.notEqual(stdout, '', command.join(' '));
    holdsNone(`ao ${command.join(' ')}`, stdout + stderr);
  }
}

test('thirty keys that an agent prints, in any form, are neither shown nor kept', async (t) => {
  const line = await openCommandLine(t);
  const repository = await makeRepository({ files: redModules(['ant']) });
  t.after(() => repository.remove());
  const leak = canaries.flatMap((canary) => [
    { say: canary },
    { say: JSON.stringify({ canary, hex: Buffer.from(canary).toString('hex') }) },
  ]);
  const encoded = values.flatMap((value) =>
    ['', 'x', 'xx'].map((before) => ({ say: Buffer.from(`${before}${value}`).toString('base64') })),
  );
  const gives = `throw new Error(${JSON.stringify(canaries.join(' '))});`;
  const bad = { replace: { file: 'src/ant.mjs', from: 'return 0;', to: gives } };
  const good = { replace: { file: 'src/ant.mjs', from: gives, to: 'return 1;' } };
  const script = path.join(scratch, 'script.json');
  const say = { say: `TASK COMPLETE ${canaries.join(' ')}` };
  await writeFile(
    script,
    JSON.stringify({
      rules: [{ match: { attempt: 1 }, steps: [...leak, ...encoded, bad, say] }],
      otherwise: [good, say],
    }),
  );
  const flags = ['--agent', 'scripted', ...envFlags, '--json'];
  const env = { ...secretEnv, AO_AGENT_SCRIPT: script, AO_CHECKS: JSON.stringify({ test: nodeTest }) };
  const done = await line.ao(['fix', repository.path, ...flags], { env });
  const report: Report = JSON.parse(done.stdout);
  assert.equal(report.ok, true, done.stderr);
  holdsNone('the report', done.stdout + done.stderr);
  const [session = ''] = report.tasks.flatMap(({ attempts }) => attempts.map((attempt) => attempt.session));
  await shownBy(line, [
    ['logs', session],
    ['logs', session, '--raw', '-n', '30'],
    ['status', session, '--json'],
  ]);
  const kept = await everythingKept(line.home);
  assert.ok([...kept.keys()].some((name) => name.endsWith(`${session}/output.log`)));
  assert.ok(
    [...kept.keys()].some((name) => name.includes('/checks/')),
    'logs of checks are kept',
  );
  for (const [name, text] of kept) holdsNone(name, text);
});

test('an agent that talks gives no key away, in pieces, in questions or in failures, while it works and afterwards, also where the daemon is killed', async (t) => {
  const line = await openCommandLine(t);
  const repository = await makeRepository({ files: redModules(['ant']) });
  t.after(() => repository.remove());
  const list = path.join(scratch, 'canaries');
  await writeFile(list, canaries.join('\n'));
  const right = 'export function ant() {\\n  return 1;\\n}\\n';
  const command = JSON.stringify([process.execPath, program, list, 'src/ant.mjs', right]);
  const flags = ['--agent', 'acp', '--agent-command', command, ...envFlags, '--detach'];
  const env = { ...secretEnv, AO_CHECKS: JSON.stringify({ test: nodeTest }) };
  const started = await line.ao(['fix', repository.path, ...flags], { env });
  assert.equal(started.code, 0, started.stderr);
  const seen: string[] = [];
  let following: Promise<Outcome> | null = null;
  for (let asked = 0; asked < 2; asked += 1) {
    const session = await waitFor(
      'a question',
      async () => {
        const live: SessionView[] = JSON.parse((await line.ao(['list', '--live', '--json'])).stdout);
        return live.find(({ id, asks }) => asks.length > 0 && !seen.includes(id));
      },
      30_000,
    );
    seen.push(session.id);
    holdsNone('a living session', JSON.stringify(session));
    await shownBy(line, [
      ['list', '--live'],
      ['status'],
      ['logs', session.id],
      ['logs', session.id, '--raw'],
    ]);
    if (asked === 0) {
      following = line.ao(['logs', session.id, '-f']);
      process.kill(await line.daemon(), 'SIGKILL');
    }
    const approved = async (): Promise<boolean> => (await line.ao(['approve', session.id])).code === 0;
    await waitFor('the answer to be taken', approved, 30_000);
  }
  const done = await line.ao(['fix', repository.path, '--resume', '--json']);
  holdsNone('the report', done.stdout + done.stderr);
  const report: Report = JSON.parse(done.stdout);
  assert.equal(report.ok, true, done.stderr);
  const [first = ''] = seen;
  const readable = (await line.ao(['logs', first])).stdout;
  assert.equal((await following)?.stdout, readable, 'whoever followed saw each line once');
  assert.match(readable, /^I found \[redacted\] and /m);
  assert.match(readable, /^\? asks: curl -H \[redacted\] \[redacted\]$/m);
  assert.match(readable, /^! its turn failed: \w+: no answer for \[redacted\]/m);
  assert.doesNotMatch(readable, /jsonrpc/);
  assert.match((await line.ao(['logs', first, '--raw'])).stdout, /^\{"jsonrpc"/m);
  for (const [name, text] of await everythingKept(line.home)) holdsNone(name, text);
});
