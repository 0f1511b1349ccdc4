import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeRepository } from '../support/repositories.ts';
import { waitFor } from '../support/wait-for.ts';
import { finished, openBench, request, script } from './support/engine.ts';
import { honestFix, redModules } from './support/modules.ts';

test('an agent that says nothing for long is called stuck, with the reason and by one event, and is not ended for it', async (t) => {
  const bench = await openBench(t);
  const repository = await makeRepository({ files: redModules(['ant']) });
  t.after(() => repository.remove());
  const agentScript = await script(bench, {
    rules: [{ match: { finding: 'ant' }, steps: [{ wait: 1500 }, honestFix('ant', 1)] }],
  });
  const { run } = await bench.engine.fix(request(repository, { agentScript, stuckAfterMs: 300 }));
  const task = await waitFor('a stuck agent', async () => {
    const view = await bench.engine.run(run);
    return view.tasks.find(({ phase }) => phase === 'stuck');
  });
  assert.match(task.lastLine ?? '', /^nothing was heard of it for \d+ s$/);
  const { status } = await bench.engine.session(task.session ?? '');
  assert.deepEqual([status.state, status.source], ['stuck', 'output']);

  const report = await finished(bench, run);
  assert.equal(report.ok, true);
  assert.equal(report.tasks[0]?.attempts.length, 1, 'it was not ended');
  const events = await bench.engine.events(0, run, 1000);
  const stuck = events.filter(({ type }) => type === 'session.stuck');
  assert.equal(stuck.length, 1);
  assert.match(String(stuck[0]?.body['reason']), /^nothing was heard/);
});

test('an agent that goes on printing is never called stuck', async (t) => {
  const bench = await openBench(t);
  const repository = await makeRepository({ files: redModules(['ant']) });
  t.after(() => repository.remove());
  const chatter = Array.from({ length: 25 }, () => [{ say: 'still at it' }, { wait: 100 }]).flat();
  const agentScript = await script(bench, {
    rules: [{ match: { finding: 'ant' }, steps: [...chatter, honestFix('ant', 1)] }],
  });
  const { run } = await bench.engine.fix(request(repository, { agentScript, stuckAfterMs: 2000 }));
  assert.equal((await finished(bench, run)).ok, true);
  const events = await bench.engine.events(0, run, 1000);
  assert.equal(events.filter(({ type }) => type === 'session.stuck').length, 0);
});
