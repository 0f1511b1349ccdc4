import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import type { LaunchSpec, Observation } from '../../src/ports/agent.ts';
import type { TerminalAgent } from '../../src/ports/terminal-agent.ts';
import { initialSize } from '../../src/ports/runtime.ts';

const spec: LaunchSpec = {
  prompt: '-v /quit\n"$(id)"',
  promptFile: '/w/TASK.md',
  workspace: '/w',
  dir: '/d',
  environment: { HOME: '/home/u' },
  command: null,
  script: null,
  model: null,
  permissions: 'ask',
};

/** What every agent in a terminal must do; see `src/ports/terminal-agent.ts`. `events` is what its hooks told of a turn or more. */
export function terminalAgentContract<State>(
  name: string,
  agent: TerminalAgent<State>,
  events: readonly string[],
): void {
  describe(`${name} in a terminal`, () => {
    const heard = (pieces: readonly string[]): Observation[] => {
      let state = agent.begin();
      return pieces.flatMap((piece) => {
        const step = agent.interpret(piece, state);
        state = step.state;
        assert.deepEqual(JSON.parse(JSON.stringify(state)), state, 'state is plain data');
        return step.observations;
      });
    };

    test('is given its task as one argument or not at all, and settings below its own directory', () => {
      const { argv, input, files = [] } = agent.launch(spec);
      const isTyped = agent.typesTask === true;
      assert.equal(argv.filter((argument) => argument.includes('$(id)')).length, isTyped ? 0 : 1);
      assert.equal(input, null);
      for (const { path } of files) assert.ok(path.startsWith('/d/'));
      const long = agent.launch({ ...spec, prompt: 'x'.repeat(200_000) }).argv;
      assert.ok(long.every((argument) => argument.length < 128 * 1024));
      assert.ok(isTyped || long.some((argument) => argument.includes(spec.promptFile)));
    });

    test('hears the same of its hooks however their words are cut', () => {
      for (const text of events) {
        const whole = heard([text]);
        fc.assert(
          fc.property(fc.array(fc.nat(text.length), { maxLength: 8 }), (places) => {
            const ends = [...places, text.length].toSorted((a, b) => a - b);
            assert.deepEqual(heard(ends.map((end, index) => text.slice(ends[index - 1] ?? 0, end))), whole);
          }),
          { numRuns: 50 },
        );
      }
    });

    test('throws at nothing that its hooks or its screen may hold', () => {
      fc.assert(
        fc.property(fc.array(fc.oneof(fc.json(), fc.string({ unit: 'binary' }))), (lines) => {
          heard([`${lines.join('\n')}\n`]);
        }),
      );
      const row = fc.string({ unit: 'binary', maxLength: initialSize.columns });
      const screen = fc.array(row, { maxLength: initialSize.rows });
      fc.assert(
        fc.property(
          screen,
          (rows) => agent.readScreen(rows, { bright: rows, title: '', declared: '' }).state !== 'permission',
        ),
      );
    });

    test('has its entries in a file of the account once, whatever else stands there, and takes them out again', () => {
      for (const entry of agent.accountEntries(spec)) {
        assert.ok(entry.file.startsWith('/home/u/'));
        const first = entry.add(null);
        assert.deepEqual([entry.isThere(null), entry.isThere(first)], [false, true]);
        const without = entry.remove(first);
        assert.equal(entry.isThere(without), false);
        assert.equal(entry.remove(entry.add(without)), without);
      }
    });

    test('takes a message for a message, whatever it begins with', () => {
      for (const sign of ['/', '!', '#', '@', '?', ' /'])
        assert.notEqual(agent.typed(`${sign}quit`)[0], sign[0]);
      assert.equal(agent.typed('plain words'), 'plain words');
    });
  });
}
