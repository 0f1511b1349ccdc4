import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AoError } from '../../api/contract/errors.ts';
import type { RunView, StreamMessage } from '../../api/contract/responses.ts';
import type { Face, Watch } from './watch-run.ts';
import { watchRun } from './watch-run.ts';
import { runView } from './test-support/views.ts';
import { Wishes } from './wishes.ts';

type Message = Exclude<StreamMessage, { kind: 'bye' }>;

const finished: RunView = runView({ state: 'finished', outcome: 'green' });

function row(type: string): Message {
  return { kind: 'event', event: { seq: 1, at: 0, run: 'run1', task: null, session: null, type, body: {} } };
}

/** A daemon that says these things, and nothing more until the reader goes or somebody stops the run. */
function daemon(messages: Message[], stop: () => Promise<RunView> = () => Promise.resolve(finished)) {
  const stopped = Promise.withResolvers<void>();
  const client: Watch['client'] = {
    async *events({ signal }) {
      yield* messages;
      const gone = new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve()));
      await Promise.race([gone, stopped.promise]);
      if (signal?.aborted !== true) yield* [row('run.finish'), { kind: 'run', run: finished } as const];
    },
    async stop() {
      const view = await stop();
      stopped.resolve();
      return view;
    },
  };
  return client;
}

async function watch(client: Watch['client'], act: (wishes: Wishes) => void = () => {}) {
  const shown: string[] = [];
  const wishes = new Wishes();
  const face: Face = {
    announce: () => {},
    ask: () => {},
    close: () => {},
    take: (message) => {
      shown.push(message.kind === 'event' ? message.event.type : message.kind);
      act(wishes);
    },
  };
  try {
    return { ending: await watchRun({ client, run: 'run1', after: 0, face, wishes }), shown };
  } finally {
    wishes.close();
  }
}

const running: Message = { kind: 'run', run: runView() };

test('watching ends when the run has finished', async () => {
  const { ending } = await watch(daemon([running, row('run.finish'), { kind: 'run', run: finished }]));
  assert.deepEqual(ending, { kind: 'finished', view: finished, stopped: false });
});

test('the last rows are shown even when the picture of the finished run is quicker', async () => {
  const { shown } = await watch(
    daemon([{ kind: 'run', run: finished }, row('task.land'), row('run.finish')]),
  );
  assert.deepEqual(shown, ['run', 'task.land', 'run.finish']);
});

test('a run that had finished before one looked is not waited for', async () => {
  const { ending } = await watch(daemon([{ kind: 'run', run: finished }]));
  assert.equal(ending.kind, 'finished');
});

test('SIGTERM stops the run and waits for its end', async () => {
  const { ending } = await watch(daemon([running]), () => process.emit('SIGTERM'));
  assert.deepEqual(ending, { kind: 'finished', view: finished, stopped: true });
});

test('a stop is asked for again while a daemon is being replaced', async () => {
  let calls = 0;
  const stop = (): Promise<RunView> => {
    calls += 1;
    return calls === 1 ? Promise.reject(new AoError('daemon', 'gone')) : Promise.resolve(finished);
  };
  const once = row('task.claim');
  let sent = false;
  const { ending } = await watch(daemon([once], stop), () => {
    if (!sent) process.emit('SIGTERM');
    sent = true;
  });
  assert.equal(ending.kind, 'finished');
  assert.equal(calls, 2);
});

test('a stop that is refused ends with the reason', async () => {
  const stop = (): Promise<RunView> => Promise.reject(new AoError('failed', 'disk full'));
  await assert.rejects(
    watch(daemon([running], stop), () => process.emit('SIGTERM')),
    /disk full/,
  );
});
