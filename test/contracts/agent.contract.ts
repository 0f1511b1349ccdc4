import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { processRuntime } from '../../src/adapters/runtimes/process/index.ts';
import type { Agent, LaunchSpec, Observation } from '../../src/ports/agent.ts';

export interface AgentFixture {
  agent: Agent;
  /** How to ask it to write `fixed` into the file `edited` of its workspace, and to print `TASK COMPLETE: …`. */
  ask(dir: string): Promise<Pick<LaunchSpec, 'command' | 'script'>>;
  /** Output as the agent prints it, to be cut anywhere. */
  samples: readonly string[];
}

const opening = { workspace: '/w', model: null, permissions: 'ask' } as const;

function observe(agent: Agent, pieces: Iterable<Uint8Array>): Observation[] {
  const decoder = new TextDecoder();
  const observations: Observation[] = [];
  let { state } = agent.begin(opening);
  const feed = (text: string): void => {
    const step = agent.interpret(text, state);
    state = step.state;
    observations.push(...step.observations);
  };
  for (const piece of pieces) feed(decoder.decode(piece, { stream: true }));
  feed(decoder.decode());
  return observations;
}

function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const ends = [...new Set([...places.map((place) => place % (bytes.length + 1)), bytes.length])].toSorted(
    (a, b) => a - b,
  );
  return ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
}

const places = fc.array(fc.nat(), { maxLength: 12 });

// Text that means something to a terminal comes up more often than chance would have it.
const pieces = fc.oneof(
  fc.constantFrom(
    '\n',
    '\r',
    '\r\n',
    '\u001b[31m',
    '\u001b]0;title\u0007',
    '\u001b[2K',
    'TASK COMPLETE',
    '50%',
    'ü',
    '🙂',
  ),
  fc.string({ unit: 'binary', maxLength: 10 }),
);
const bytes = fc.oneof(
  fc.array(pieces, { maxLength: 40 }).map((list) => Buffer.from(list.join(''))),
  fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array)),
);

/** What every agent that takes its task and nothing more must do; see the contract in `src/ports/agent.ts`. */
export function agentContract({ agent, ask, samples }: AgentFixture): void {
  describe(`the ${agent.name} agent`, () => {
    test('is launched by the process runtime and edits a file of its workspace', async () => {
      const dir = await mkdtemp(join(tmpdir(), 'ao-agent-'));
      try {
        const promptFile = join(dir, 'TASK.md');
        await writeFile(promptFile, 'Fix it.\n');
        const asked = await ask(dir);
        const { argv, env, input } = agent.launch({
          prompt: 'Fix it.\n',
          promptFile,
          ...opening,
          workspace: dir,
          dir,
          environment: {},
          ...asked,
        });
        const base = { PATH: process.env['PATH'] ?? '', AO_TASK_FILE: promptFile };
        const mark = `agent-${agent.name}-${process.pid}`;
        const handle = await processRuntime.start({
          argv,
          env: { ...base, ...env },
          input,
          cwd: dir,
          dir,
          mark,
        });
        const end = await processRuntime.wait(handle, AbortSignal.timeout(20_000));
        const output = await readFile(join(dir, 'output.log'));
        assert.deepEqual(end, { state: 'exited', code: 0, signal: null }, output.toString());
        assert.equal((await readFile(join(dir, 'edited'), 'utf8')).trim(), 'fixed');
        const claims = observe(agent, [output]).filter(({ kind }) => kind === 'claim');
        assert.equal(claims.length, 1);
      } finally {
        await rm(dir, { recursive: true, force: true });
      }
    });

    test('sees the same in its output however that was cut into pieces', () => {
      const check = (whole: Uint8Array, at: readonly number[]): void =>
        assert.deepEqual(observe(agent, cut(whole, at)), observe(agent, [whole]));
      for (const sample of samples) {
        fc.assert(
          fc.property(places, (at) => check(Buffer.from(sample), at)),
          { numRuns: 50 },
        );
      }
      fc.assert(fc.property(bytes, places, check), { numRuns: 500 });
    });

    test('never throws, whatever it is fed', () => {
      const anyText = fc.string({ unit: 'binary', maxLength: 100 });
      fc.assert(
        fc.property(fc.array(anyText), (texts) => {
          let { state } = agent.begin(opening);
          for (const text of texts) state = agent.interpret(text, state).state;
        }),
      );
    });

    test('sees a claim as a fact about text, beside the line that holds it', () => {
      const seen = observe(agent, [Buffer.from('one\nTASK COMPLETE: all green\ntwo\n')]);
      assert.deepEqual(seen, [
        { kind: 'line', text: 'one' },
        { kind: 'line', text: 'TASK COMPLETE: all green' },
        { kind: 'claim', text: 'TASK COMPLETE: all green' },
        { kind: 'line', text: 'two' },
      ]);
    });

    test('takes no message once its task has been given: its input has ended', () => {
      assert.equal(agent.capabilities.dialog, false);
      assert.equal(
        agent.encode({ kind: 'message', id: 'm', text: 'hello' }, agent.begin(opening).state),
        null,
      );
    });
  });
}
