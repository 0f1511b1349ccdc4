import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { makeRepository } from '../support/repositories.ts';
import { waitFor } from '../support/wait-for.ts';
import { openCommandLine } from './support/command-line.ts';
import { nodeTest } from './support/engine.ts';
import { redModules } from './support/modules.ts';
import { hasTmux, openTerminal } from './support/terminal.ts';

const main = path.resolve(import.meta.dirname, '../../src/cli/main.ts');
const skip = hasTmux ? false : 'there is no tmux to be the terminal';

test('the live table in a real terminal: drawn in place, resized, asked on Ctrl-C, detached, stopped', {
  skip,
}, async (t) => {
  const line = await openCommandLine(t);
  const repository = await makeRepository({ files: redModules(['ant', 'bee']) });
  t.after(() => repository.remove());
  const terminal = await openTerminal(t, {
    AO_HOME: line.home,
    AO_CHECKS: JSON.stringify({ test: nodeTest }),
    AO_AGENT_COMMAND: JSON.stringify(['/bin/sh', '-c', 'echo looking around; sleep 600']),
    PS1: '$ ',
    AO: `${process.execPath} ${main}`,
  });
  await terminal.type(`cd ${repository.path}; clear; echo before`);
  await terminal.shows(/^before$/);

  await terminal.type('$AO fix; echo "exit $?"');
  const table = await terminal.shows(/working .*looking around/);
  assert.equal(table.filter((one) => /^ao fix {2}main/.test(one)).length, 1, table.join('\n'));
  assert.ok(table.includes('before'), `what stood above is gone:\n${table.join('\n')}`);
  assert.equal(await terminal.cursorVisible(), false);

  await terminal.resize(50, 12);
  const narrow = await terminal.shows(/^TASK +STATE +TIME$/);
  assert.equal(narrow.filter((one) => one.startsWith('TASK ')).length, 1, narrow.join('\n'));
  assert.ok(narrow.every((one) => one.length <= 50));
  await terminal.resize(90, 24);
  await terminal.shows(/LAST LINE$/);

  await terminal.press('C-c');
  await terminal.shows(/^\[d\]etach.*\[s\]top.*\[c\]ontinue$/);
  await terminal.press('x', 'Up', 'c');
  await terminal.shows(/^Ctrl-C: detach or stop$/);
  await terminal.press('C-c', 'd');
  const detached = await terminal.shows(/^exit 0$/);
  assert.ok(
    detached.some((one) => / goes on\. Watch it: ao fix --resume/.test(one)),
    detached.join('\n'),
  );
  assert.ok(!detached.some((one) => one.startsWith('TASK ')), 'the table is taken away');
  await waitFor('the cursor', () => terminal.cursorVisible());

  await terminal.type('clear; $AO fix; echo "exit $?"');
  await terminal.shows(/working .*looking around/);
  await terminal.press('C-c', 'C-c');
  const stopped = await terminal.shows(/^exit 130$/);
  assert.ok(
    stopped.some((one) => one.startsWith('Stopped, work saved: 0 of 2 tasks done')),
    stopped.join('\n'),
  );
});

test('a terminal that is closed detaches: the run goes on', { skip }, async (t) => {
  const line = await openCommandLine(t);
  const repository = await makeRepository({ files: redModules(['ant']) });
  t.after(() => repository.remove());
  const terminal = await openTerminal(t, {
    AO_HOME: line.home,
    AO_CHECKS: JSON.stringify({ test: nodeTest }),
    AO_AGENT_COMMAND: JSON.stringify(['/bin/sh', '-c', 'echo looking around; sleep 600']),
    AO: `${process.execPath} ${main}`,
    REPOSITORY: repository.path,
  });
  await terminal.type('exec $AO fix $REPOSITORY');
  await terminal.shows(/working .*looking around/);
  await terminal.close();
  const [session] = JSON.parse((await line.ao(['list', '--live', '--json'])).stdout);
  assert.equal(session.state, 'running');
  const [run] = JSON.parse((await line.ao(['status', '--json'])).stdout);
  assert.equal(run.state, 'running');
});
