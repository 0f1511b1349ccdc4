import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryRuntime } from '../adapters/runtimes/memory/index.ts';
import { AoError } from '../domain/errors.ts';
import type { Runtime } from '../ports/runtime.ts';
import type { RunContext } from './context.ts';
import { OutputCap } from './output-cap.ts';

async function begun(cannot: boolean) {
  const memory = memoryRuntime({ agent: async () => 0 });
  const forget: Runtime['forget'] = cannot
    ? () => Promise.reject(new AoError('failed', 'this machine cannot do that'))
    : memory.forget;
  const runtime: Runtime = { ...memory, forget };
  const handle = await runtime.start({
    argv: ['agent'],
    env: {},
    cwd: '/w',
    dir: '/d',
    input: '',
    mark: 'm',
  });
  const logged: string[] = [];
  const context: Pick<RunContext, 'mostOutputBytes' | 'run' | 'log' | 'findRuntime'> = {
    mostOutputBytes: 1000,
    run: 'run',
    log: (event) => void logged.push(event),
    findRuntime: () => runtime,
  };
  return { cap: new OutputCap(context, handle, 0), kept: () => runtime.keptFrom(handle), logged };
}

test('the oldest output goes as soon as there is a quarter more than the limit, and the newest stays', async () => {
  const { cap, kept } = await begun(false);
  const places: number[] = [];
  for (const read of [900, 1250, 1251, 1500, 1502, 4000]) {
    await cap.keepBelow(read);
    places.push(await kept());
  }
  assert.deepEqual(places, [0, 0, 251, 251, 502, 3000]);
});

test('where the machine cannot do that it is said once, and the output stays', async () => {
  const { cap, kept, logged } = await begun(true);
  for (const read of [2000, 4000, 8000]) await cap.keepBelow(read);
  assert.equal(await kept(), 0);
  assert.deepEqual(logged, ['output.uncapped']);
});
