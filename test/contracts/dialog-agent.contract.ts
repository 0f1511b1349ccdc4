import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import type { Agent } from '../../src/ports/agent.ts';

const opening = { workspace: '/w', model: null, permissions: 'ask' } as const;

/** What every agent that is talked to must do; see the contract in `src/ports/agent.ts`. `stream`: output as it prints it. */
export function dialogAgentContract(agent: Agent, stream: string): void {
  function read(pieces: Iterable<string>): { seen: unknown[]; said: string[] } {
    let { state } = agent.begin(opening);
    const all: { seen: unknown[]; said: string[] } = { seen: [], said: [] };
    for (const piece of pieces) {
      const step = agent.interpret(piece, state);
      state = step.state;
      all.seen.push(...step.observations);
      all.said.push(...step.replies);
    }
    return all;
  }

  const places = fc.array(fc.nat(stream.length), { maxLength: 12 });
  const cut = (text: string, at: readonly number[]): string[] => {
    const ends = [...new Set([...at, text.length])].toSorted((a, b) => a - b);
    return ends.map((end, index) => text.slice(ends[index - 1] ?? 0, end));
  };

  describe(`the ${agent.name} agent`, () => {
    test('sees and says the same however its output was cut into pieces', () => {
      const whole = read([stream]);
      assert.ok(whole.seen.length > 0);
      fc.assert(
        fc.property(places, (at) => assert.deepEqual(read(cut(stream, at)), whole)),
        { numRuns: 100 },
      );
    });

    test('says the same again when a daemon that comes back reads its output anew', () => {
      assert.deepEqual(read([stream]), read([stream]));
      assert.deepEqual(agent.begin(opening), agent.begin(opening));
    });

    test('never throws, whatever it prints', () => {
      const lines = stream.split('\n');
      const value = fc.json({ maxDepth: 3 });
      // Lines of its own protocol with a value of another shape somewhere, among noise.
      const bent = fc.tuple(fc.constantFrom(...lines), fc.nat(), value).map(([line, at, other]) => {
        const spots = [...line.matchAll(/(?<=[:[,])("(?:[^"\\]|\\.)*"|\d+|true|false|null)/g)];
        const spot = spots[at % Math.max(1, spots.length)];
        return spot === undefined
          ? line
          : line.slice(0, spot.index) + other + line.slice(spot.index + spot[0].length);
      });
      const noise = fc.oneof(bent, value, fc.string({ unit: 'binary', maxLength: 60 }));
      fc.assert(
        fc.property(fc.array(noise, { maxLength: 20 }), (printed) => void read([printed.join('\n'), '\n'])),
        { numRuns: 500 },
      );
    });

    test('writes whole lines, and answers nothing that is not asked', () => {
      const { state, replies } = agent.begin(opening);
      for (const reply of replies) assert.match(reply, /^[^\n]+\n$/);
      assert.equal(agent.encode({ kind: 'answer', request: 'r', allow: true, reason: '' }, state), null);
      const message = agent.encode({ kind: 'message', id: 'the-id', text: 'one\ntwo' }, state);
      if (message !== null) assert.match(message, /^[^\n]*the-id[^\n]*\n$/);
    });

    test('is interrupted by lines that hold the id of what was said, so that each is told from the others', () => {
      let { state } = agent.begin(opening);
      const stops = stream.split('\n').flatMap((line) => {
        ({ state } = agent.interpret(`${line}\n`, state));
        return agent.encode({ kind: 'interrupt', id: 'the-id' }, state) ?? [];
      });
      assert.ok(stops.length > 0, 'the stream is of a turn');
      for (const stop of stops) assert.match(stop, /^[^\n]*"the-id"[^\n]*\n$/);
    });

    test('talks', () => assert.equal(agent.capabilities.dialog, true));
  });
}
