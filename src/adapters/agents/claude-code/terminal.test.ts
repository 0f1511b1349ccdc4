import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { terminalAgentContract } from '../../../../test/contracts/terminal-agent.contract.ts';
import { claudeCodeTerminal as agent } from './terminal.ts';

const recorded = readFileSync(
  join(import.meta.dirname, '../../../../test/agents/fixtures/claude-code/2.1.328/hooks/turns.ndjson'),
  'utf8',
);
terminalAgentContract('claude-code', agent, [recorded]);

const place = { workspace: '/w', environment: { HOME: '/home/u' } };

test("claude's hooks tell of a turn from what it was told to its last words, and of a failure with its class", () => {
  const { observations } = agent.interpret(recorded, agent.begin());
  const kinds = observations.map(({ kind }) => kind);
  assert.deepEqual(kinds.slice(0, 7), [
    'conversation',
    'turn_started',
    'received',
    'line',
    'line',
    'claim',
    'turn_ended',
  ]);
  const told = observations.flatMap((seen) => (seen.kind === 'received' ? [seen.text] : []));
  assert.deepEqual(told, ['please write the file', ' !ls -la\n/clear second line', 'again please']);
  const failing = {
    hook_event_name: 'StopFailure',
    error: 'rate_limit',
    last_assistant_message: "You've hit your limit · resets 4:28am (UTC)",
  };
  const [end] = agent.interpret(`${JSON.stringify(failing)}\n`, agent.begin()).observations;
  assert.ok(end?.kind === 'turn_ended' && end.outcome === 'failed');
  assert.equal(end.failure.class, 'usage_limit');
});

test("trust is given to that folder alone, and the person's own words stay", () => {
  const own = JSON.stringify({
    theme: 'dark',
    projects: { '/mine': { hasTrustDialogAccepted: true, n: 1 } },
  });
  const [entry] = agent.accountEntries(place);
  assert.equal(entry?.file, '/home/u/.claude.json');
  const added = JSON.parse(entry.add(own));
  assert.deepEqual(Object.keys(added.projects), ['/mine', '/w']);
  assert.deepEqual(JSON.parse(entry.remove(JSON.stringify(added)) ?? ''), JSON.parse(own));
  for (const broken of ['[]', '{"projects":', 'null']) assert.throws(() => entry.add(broken), SyntaxError);
  const moved = agent.accountEntries({
    ...place,
    environment: { HOME: '/h', CLAUDE_CONFIG_DIR: '/account' },
  });
  assert.equal(moved[0]?.file, '/account/.claude.json');
});

test('no permission mode is written anywhere but in the settings of the session', () => {
  const spec = { prompt: 'p', promptFile: '', dir: '/d', command: null, script: null, model: 'opus' };
  const { argv, files = [] } = agent.launch({ ...spec, ...place, permissions: 'yolo' });
  assert.deepEqual(argv.slice(0, 5), [
    'claude',
    '--settings',
    '/d/claude-settings.json',
    '--permission-mode',
    'bypassPermissions',
  ]);
  assert.deepEqual(argv.slice(5), ['--model', 'opus', '--', 'p']);
  assert.match(files[0]?.text ?? '', /skipDangerousModePermissionPrompt/);
});
