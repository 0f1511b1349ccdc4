import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, test } from 'node:test';
import type { Report } from '../../src/domain/report.ts';
import type { SessionView } from '../../src/engine/engine.ts';
import { makeRepository } from '../support/repositories.ts';
import { waitFor } from '../support/wait-for.ts';
import { openCommandLine } from './support/command-line.ts';
import { nodeTest } from './support/engine.ts';
import { redModules } from './support/modules.ts';
import { hasTmux, openTerminal } from './support/terminal.ts';

const main = path.resolve(import.meta.dirname, '../../src/cli/main.ts');
const program = path.resolve(import.meta.dirname, 'support/acp-agent.mjs');

describe('ao attach to an agent without a terminal', { skip: hasTmux ? false : 'there is no tmux' }, () => {
  test('shows what it prints above the typed line, and what is typed reaches it, whose work lands', async (t) => {
    const line = await openCommandLine(t);
    const repository = await makeRepository({ files: redModules(['ant']) });
    t.after(() => repository.remove());
    const go = path.join(line.home, 'go');
    const agent = JSON.stringify([process.execPath, program, 'src/ant.mjs', go]);
    const flags = ['--agent', 'acp', '--agent-command', agent, '--detach'];
    const env = { AO_CHECKS: JSON.stringify({ test: nodeTest }) };
    const started = await line.ao(['fix', repository.path, ...flags], { env });
    assert.equal(started.code, 0, started.stderr);
    const atWork = async (): Promise<SessionView | undefined> => {
      const live: SessionView[] = JSON.parse((await line.ao(['list', '--live', '--json'])).stdout);
      return live.find(({ lastLine }) => lastLine?.includes('looking'));
    };
    const session = await waitFor('an agent at work', atWork, 30_000);
    assert.equal(session.takesMessages, true);

    const terminal = await openTerminal(t, { AO_HOME: line.home, AO: `${process.execPath} ${main}` });
    await terminal.type(`$AO attach ${session.id}; echo "left with $?"`);
    await terminal.shows(/looking for a hint/);
    await terminal.shows(/^> *$/);
    await terminal.resize(30, 24);
    await terminal.press('half of a line that is longer than the terminal is wide');
    await terminal.shows(/^r than the terminal is wide$/);
    await terminal.press('C-c');
    await terminal.shows(/^left with 0/);
    await terminal.resize(90, 24);
    await terminal.type(`clear; $AO attach ${session.id}; echo "left with $?"`);
    await terminal.shows(/^> *$/);
    await terminal.press('C-d');
    await terminal.shows(/^left with 0/);

    await terminal.type(`clear; $AO attach ${session.id}; echo "left with $?"`);
    await terminal.shows(/^> *$/);
    await terminal.type('export const ant = () => 1; // ü');
    await terminal.shows(/^> export const ant/);
    await writeFile(go, '');
    await terminal.shows(/took: export const ant/);
    await terminal.shows(/^session .* has ended$/);
    await terminal.shows(/^left with 0/);
    const resumed = await line.ao(['fix', repository.path, '--resume', '--json']);
    const report: Report = JSON.parse(resumed.stdout);
    assert.equal(report.ok, true, resumed.stderr);
  });
});
