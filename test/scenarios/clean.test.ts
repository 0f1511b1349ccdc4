import assert from 'node:assert/strict';
import { access, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { openHub } from '../../src/adapters/git/hub.ts';
import { noteUnread } from '../../src/adapters/workspaces/record.ts';
import { composeWorld } from '../../src/daemon/compose.ts';
import { createEngine } from '../../src/engine/create-engine.ts';
import { makeRepository, openRepository, temporaryDirectory } from '../support/repositories.ts';
import { finished, fix, openBench, request, script } from './support/engine.ts';
import { honestFix, redModules } from './support/modules.ts';

for (const workspace of ['clone', 'worktree'] as const) {
  test(`cleaning removes workspaces (${workspace}), logs and the refs of saved work, by age, and nothing on a dry run`, async (t) => {
    const bench = await openBench(t);
    const repository = await makeRepository({ files: redModules(['one']) });
    t.after(() => repository.remove());
    const agentScript = await script(bench, {
      otherwise: [{ write: { file: 'notes.txt', text: 'unfinished\n' } }],
    });
    const report = await fix(bench, request(repository, { agentScript, workspace, maxAttempts: 1 }));
    const session = await bench.engine.session(report.tasks[0]?.id ?? '');
    await access(session.workspace);

    const young = await bench.engine.clean({ olderThanMs: 3_600_000, dryRun: false });
    assert.deepEqual(young.removed, []);
    const planned = await bench.engine.clean({ olderThanMs: 0, dryRun: true });
    assert.deepEqual(
      new Set(planned.removed.map(({ kind }) => kind)),
      new Set(['workspace', 'rescue', 'log', 'result']),
    );
    await access(session.workspace);

    const done = await bench.engine.clean({ olderThanMs: 0, dryRun: false });
    assert.deepEqual(done, planned);
    await assert.rejects(access(session.workspace));
    await assert.rejects(access(session.log));
    assert.equal(await repository.git('branch', '--list', 'ao/*'), '');
    assert.equal(await repository.git('for-each-ref', 'refs/ao/start'), '');
    const left = await openRepository(await hubIn(bench.home)).git('for-each-ref', '--format=%(refname)');
    assert.deepEqual(
      left.split('\n').filter((ref) => ref.includes(session.id)),
      [],
    );
    assert.deepEqual((await bench.engine.clean({ olderThanMs: 0, dryRun: false })).removed, []);
  });
}

test('cleaning forgets what checks said of trees that nobody asks for any more; the report and answers stay as they were', async (t) => {
  const home = await temporaryDirectory();
  const world = await composeWorld({ home, log: () => {} });
  const engine = await createEngine(world);
  const repository = await makeRepository({ files: redModules(['one', 'two', 'three']) });
  t.after(async () => {
    await engine.shutdown({ stopAgents: true });
    await rm(home, { recursive: true, force: true });
    await repository.remove();
  });
  const bench = { engine, home, log: [] };
  const edit = { append: { file: 'test/two.test.mjs', text: '// easier now\n' } };
  const agentScript = await script(bench, {
    rules: [
      { match: { finding: 'one' }, steps: [honestFix('one', 1)] },
      { match: { finding: 'two' }, steps: [honestFix('two', 2), edit] },
      { match: { finding: 'three' }, steps: [honestFix('three', 3)] },
    ],
  });
  const report = await fix(bench, request(repository, { agentScript, maxAttempts: 1, concurrency: 1 }));
  const results = (): Promise<{ id: string }[]> => world.store.list('result', { run: report.run });
  const before = (await results()).length;
  const planned = await engine.clean({ olderThanMs: 0, dryRun: true });
  assert.equal((await results()).length, before);
  assert.deepEqual(await engine.clean({ olderThanMs: 0, dryRun: false }), planned);
  const [gone] = planned.removed.filter(({ kind }) => kind === 'result');
  assert.ok(gone !== undefined && gone.bytes > 0, JSON.stringify(planned));
  assert.ok((await results()).length < before, `${(await results()).length} of ${before}`);
  assert.deepEqual(await engine.report(report.run), report);
  assert.deepEqual((await engine.clean({ olderThanMs: 0, dryRun: false })).removed, []);
  const open = report.tasks.find(({ state }) => state === 'inbox');
  await engine.accept(open?.id ?? '');
  assert.equal((await finished(bench, report.run)).outcome, 'green');
});

test('a workspace in which no agent was ever started holds nothing unsaved and is cleaned', async (t) => {
  const bench = await openBench(t);
  const repository = await makeRepository({ files: redModules(['one']) });
  t.after(() => repository.remove());
  const wanted = request(repository, { agent: 'command', agentCommand: ['./no-such-agent'], maxAttempts: 1 });
  const report = await fix(bench, wanted);
  const session = await bench.engine.session(report.tasks[0]?.id ?? '');
  await access(session.workspace);
  const { kept } = await bench.engine.clean({ olderThanMs: 0, dryRun: false });
  assert.deepEqual(kept, []);
  await assert.rejects(access(session.workspace));
});

test('a workspace that has to stay keeps no other from being cleaned, and stays with its logs however often one cleans', async (t) => {
  const bench = await openBench(t);
  const repository = await makeRepository({ files: redModules(['one', 'two']) });
  t.after(() => repository.remove());
  const agentScript = await script(bench, {
    otherwise: [{ write: { file: 'notes.txt', text: 'unfinished\n' } }],
  });
  const report = await fix(bench, request(repository, { agentScript, maxAttempts: 1 }));
  const [stays, goes] = await Promise.all(report.tasks.map(({ id }) => bench.engine.session(id)));
  assert.ok(stays && goes);
  const hub = await openHub({ gitDir: await hubIn(bench.home), userRepository: repository.path });
  await noteUnread(hub, stays.workspace, ['pgdata']);
  for (const round of ['once', 'again']) {
    const { kept } = await bench.engine.clean({ olderThanMs: 0, dryRun: false });
    assert.deepEqual(
      kept.map(({ kind, name }) => [kind, name]),
      [['workspace', stays.id]],
      round,
    );
    assert.match(kept[0]?.reason ?? '', /could not be removed: .* was not saved: pgdata/);
    for (const place of [stays.workspace, stays.log]) await access(place);
    await assert.rejects(access(goes.workspace));
  }
});

test('a run that is taken up again is not cleaned away under its next agent', async (t) => {
  const home = await temporaryDirectory();
  const world = await composeWorld({ home, log: () => {} });
  const { clone } = world.workspaces;
  const cleaning = { reached: Promise.withResolvers<void>(), may: Promise.withResolvers<void>() };
  const remove: typeof clone.remove = async (hub, workspace) => {
    cleaning.reached.resolve();
    await cleaning.may.promise;
    await clone.remove(hub, workspace);
  };
  const workspaces = { ...world.workspaces, clone: { ...clone, remove } };
  const engine = await createEngine({ ...world, workspaces });
  const repository = await makeRepository({ files: redModules(['one']) });
  t.after(async () => {
    cleaning.may.resolve();
    await engine.shutdown({ stopAgents: true });
    await rm(home, { recursive: true, force: true });
    await repository.remove();
  });
  const bench = { engine, home, log: [] };
  const unfinished = [{ write: { file: 'notes.txt', text: 'unfinished\n' } }];
  const agentScript = await script(bench, { otherwise: unfinished });
  cleaning.may.resolve();
  const { run, tasks } = await fix(bench, request(repository, { agentScript, maxAttempts: 1 }));
  const task = tasks[0]?.id ?? '';

  cleaning.reached = Promise.withResolvers<void>();
  cleaning.may = Promise.withResolvers<void>();
  const cleaned = engine.clean({ olderThanMs: 0, dryRun: false });
  await cleaning.reached.promise;
  const answered = engine.retry(task);
  await engine.preview(request(repository, {})); // takes longer than an answer does
  assert.equal((await engine.run(run)).state, 'finished', 'the answer waits');
  cleaning.may.resolve();
  await Promise.all([cleaned, answered]);
  assert.equal((await finished(bench, run)).tasks[0]?.attempts.length, 2);
  await access((await engine.session(task)).log);
});

async function hubIn(home: string): Promise<string> {
  const [project = ''] = await readdir(path.join(home, 'projects'));
  return path.join(home, 'projects', project, 'hub.git');
}
