import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { terminalAgentContract } from '../../../../../test/contracts/terminal-agent.contract.ts';
import { kilocodeAgent, opencodeAgent } from '../named.ts';
import type { TerminalAgent } from '../../../../ports/terminal-agent.ts';

const fixtures = join(import.meta.dirname, '../../../../../test/agents/fixtures');
const recorded = readFileSync(join(fixtures, 'opencode/1.18.33/hooks/turns.ndjson'), 'utf8');
const agent = opencodeAgent.terminal as TerminalAgent;
terminalAgentContract('opencode', agent, [recorded]);

const ofKilo = readFileSync(join(fixtures, 'kilocode/7.7.7/hooks/turns.ndjson'), 'utf8');
const kilo = kilocodeAgent.terminal as TerminalAgent;
terminalAgentContract('kilocode', kilo, [ofKilo]);

test('kilocode tells of a turn in which its model was asked again', () => {
  const { observations } = kilo.interpret(ofKilo, kilo.begin());
  const ends = observations.flatMap((seen) => (seen.kind === 'turn_ended' ? [seen.outcome] : []));
  assert.deepEqual(ends, ['completed']);
});

test('opencode tells of turns, of interruptions, and of a limit that it would wait for', () => {
  const { observations } = agent.interpret(recorded, agent.begin());
  const prompts = observations.flatMap((seen) => (seen.kind === 'received' ? [seen.text] : []));
  assert.deepEqual(prompts, ['please write the file\nnow', 'HANG please', 'LIMIT please']);
  const ends = observations.flatMap((seen) =>
    seen.kind === 'turn_ended' ? [seen.outcome === 'failed' ? seen.failure.class : seen.outcome] : [],
  );
  assert.deepEqual(ends, ['completed', 'interrupted', 'usage_limit']);
  assert.equal(observations.filter(({ kind }) => kind === 'claim').length, 1);
});

test('of a command that a person refused opencode tells that its turn ended there, with nothing more said', () => {
  const ends = (terminal: TerminalAgent, name: string): unknown[] =>
    terminal
      .interpret(readFileSync(join(fixtures, name, 'hooks/refused.ndjson'), 'utf8'), terminal.begin())
      .observations.flatMap((seen) => (seen.kind === 'turn_ended' ? [seen.outcome] : []));
  assert.deepEqual(ends(agent, 'opencode/1.18.33'), ['interrupted']);
  assert.deepEqual(ends(kilo, 'kilocode/7.7.7'), ['interrupted']);
});

test('a server that refused behind a command is why the turn failed', () => {
  const refusal = JSON.stringify({ ao: 'answer', at: 1, status: 500, text: 'no', end: '', said: false });
  const refused = readFileSync(join(fixtures, 'opencode/1.18.33/hooks/refused.ndjson'), 'utf8');
  const told = refused.replace(/(?=.*"session.status".*"idle".*\n)/, `${refusal}\n`);
  const end = agent.interpret(told, agent.begin()).observations.at(-1);
  assert.ok(told.includes(refusal) && end?.kind === 'turn_ended' && end.outcome === 'failed');
  assert.equal(end.failure.class, 'overloaded');
});

test('what agents do that opencode set to work itself is not its own', () => {
  const [created = '', ...rest] = recorded.split(/(?<=\n)/);
  const child = JSON.parse(created);
  child.info.parentID = 'ses_000000';
  const told = agent.interpret(`${JSON.stringify(child)}\n${rest.join('')}`, agent.begin()).observations;
  assert.deepEqual(
    told.filter(({ kind }) => kind === 'turn_started' || kind === 'turn_ended'),
    [],
  );
});

test('plugins of the person stay beside those of the session', () => {
  const spec = { prompt: 'p', promptFile: '', dir: '/d', workspace: '/w', command: null, script: null };
  const own = JSON.stringify({ plugin: ['mine'], share: 'disabled' });
  const {
    argv,
    env,
    files = [],
  } = agent.launch({
    ...spec,
    environment: { OPENCODE_CONFIG_CONTENT: own },
    model: 'a/b',
    permissions: 'yolo',
  });
  assert.deepEqual(argv, ['opencode', '--auto', '--model=a/b', '--prompt=p']);
  const settings = JSON.parse(env['OPENCODE_CONFIG_CONTENT'] ?? '');
  assert.deepEqual(settings.plugin, ['mine', ...files.map(({ path }) => `file://${path}`)]);
  assert.equal(settings.share, 'disabled');
});
