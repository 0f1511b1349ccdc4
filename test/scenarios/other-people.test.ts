import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AoError } from '../../src/domain/errors.ts';
import { makeRepository } from '../support/repositories.ts';
import { waitFor } from '../support/wait-for.ts';
import { failingTests, finished, fix, openBench, request, script } from './support/engine.ts';
import { colleagueCommits, honestFix, moduleFiles, redModules } from './support/modules.ts';

test('The user’s own checkout is never reset, stashed, switched or cleaned: a dirty one keeps its files and the tested commits wait', async (t) => {
  const bench = await openBench(t);
  const repository = await makeRepository({ files: redModules(['one', 'two']) });
  t.after(() => repository.remove());
  await repository.write({ 'src/one.mjs': 'half-finished thought of the user\n' });
  const before = await repository.head();
  const agentScript = await script(bench, {
    rules: ['one', 'two'].map((name, index) => ({
      match: { finding: name },
      steps: [honestFix(name, index + 1)],
    })),
  });
  const report = await fix(bench, request(repository, { agentScript }));
  assert.equal(report.ok, false);
  assert.equal(report.outcome, 'remaining');
  assert.equal(await repository.head('main'), before);
  assert.equal(await repository.git('status', '--porcelain'), ' M src/one.mjs');
  assert.notEqual(report.target.held, null);
  const waiting = await repository.git('rev-parse', `refs/ao/landed/${report.run}`);
  assert.deepEqual(await failingTests(repository, waiting), []);

  await repository.git('checkout', '--', 'src/one.mjs');
  await repository.git('merge', '--quiet', '--ff-only', `refs/ao/landed/${report.run}`);
  assert.deepEqual(await failingTests(repository, 'main'), []);
});

test('a checkout that becomes clean while the run goes on follows after all', async (t) => {
  const bench = await openBench(t);
  const repository = await makeRepository({ files: redModules(['one', 'two']) });
  t.after(() => repository.remove());
  await repository.write({ 'src/two.mjs': 'thought\n' });
  const agentScript = await script(bench, {
    rules: [{ match: { finding: 'one' }, steps: [honestFix('one', 1)] }],
    otherwise: [
      { run: ['git', '-C', repository.path, 'checkout', '--', 'src/two.mjs'] },
      honestFix('two', 2),
    ],
  });
  const report = await fix(bench, request(repository, { agentScript, concurrency: 1 }));
  assert.equal(report.ok, true, JSON.stringify(report, null, 1));
  assert.equal(report.target.after, await repository.head('main'));
  assert.equal(await repository.git('status', '--porcelain'), '');
});

test('a target that somebody else moves is adopted and tested again before anything lands on it', async (t) => {
  const bench = await openBench(t);
  const repository = await makeRepository({ files: redModules(['slow']) });
  t.after(() => repository.remove());
  const agentScript = await script(bench, {
    otherwise: [colleagueCommits(repository.path), honestFix('slow', 1)],
  });
  const report = await fix(bench, request(repository, { agentScript }));
  assert.equal(report.ok, true, JSON.stringify(report, null, 1));
  const subjects = await repository.git(
    'log',
    '--first-parent',
    '--format=%s',
    `${report.target.before}..main`,
  );
  assert.equal(subjects.split('\n').at(-1), 'theirs');
  assert.deepEqual(await failingTests(repository, 'main'), []);
});

test('a target that somebody else moves and breaks stops the queue, which says so', async (t) => {
  const bench = await openBench(t);
  const repository = await makeRepository({
    files: { ...redModules(['slow']), ...moduleFiles('good', '1', '1') },
  });
  t.after(() => repository.remove());
  const broken = `cd '${repository.path}' && sed -i 's/return 1/return 5/' src/good.mjs && git -c user.name=C -c user.email=c@x commit -qam theirs`;
  const agentScript = await script(bench, {
    otherwise: [{ run: ['sh', '-c', broken] }, honestFix('slow', 1)],
  });
  const report = await fix(bench, request(repository, { agentScript }));
  assert.equal(report.ok, false);
  assert.match(report.reason ?? '', /moved to .* by somebody else, which broke: good is 1/);
  assert.equal(report.target.after, await repository.head('main'));
});

test('two repositories are fixed at once, and the same request on one repository joins its run', async (t) => {
  const bench = await openBench(t);
  const ones = await makeRepository({ files: redModules(['left']) });
  const others = await makeRepository({ files: redModules(['right']) });
  t.after(() => Promise.all([ones.remove(), others.remove()]));
  const agentScript = await script(bench, {
    rules: ['left', 'right'].map((name) => ({
      match: { finding: name },
      steps: [{ wait: 300 }, honestFix(name, 1)],
    })),
  });
  const wanted = request(ones, { agentScript });
  const [first, second, again] = await Promise.all([
    bench.engine.fix(wanted),
    bench.engine.fix(request(others, { agentScript })),
    bench.engine.fix(wanted),
  ]);
  assert.deepEqual(again, { run: first.run, joined: true });
  assert.notEqual(second.run, first.run);
  await assert.rejects(
    bench.engine.fix(request(ones, { agentScript, maxAttempts: 9 })),
    (error) => error instanceof AoError && error.code === 'conflict',
  );
  assert.equal((await finished(bench, first.run)).ok, true);
  assert.equal((await finished(bench, second.run)).ok, true);
});

test('a stopped run has saved its agents’ work, and goes on with it when it is resumed', async (t) => {
  const bench = await openBench(t);
  const repository = await makeRepository({ files: redModules(['slow']) });
  t.after(() => repository.remove());
  const agentScript = await script(bench, {
    rules: [{ match: { attempt: 1 }, steps: [honestFix('slow', 1), { say: 'edited' }, { hang: true }] }],
    otherwise: [{ write: { file: 'src/extra.mjs', text: 'export const extra = 1;\n' } }],
  });
  const wanted = request(repository, { agentScript });
  const { run } = await bench.engine.fix(wanted);
  await waitFor('the agent to have edited', async () =>
    (await bench.engine.run(run)).tasks.some(({ lastLine }) => lastLine === 'edited'),
  );
  await bench.engine.stop(run);
  const stopped = await bench.engine.report(run);
  assert.equal(stopped.outcome, 'stopped');
  assert.match(await bench.engine.diff(stopped.tasks[0]?.id ?? ''), /return 1;/);
  assert.deepEqual(await bench.engine.live(), []);

  const resumed = await bench.engine.fix({ ...wanted, resume: true });
  assert.equal(resumed.run, run);
  const report = await finished(bench, run);
  assert.equal(report.ok, true, JSON.stringify(report, null, 1));
  const text = await repository.git('show', 'main:src/slow.mjs');
  assert.match(text, /return 1;/);
});

test('a person answers a task that needs one: retry gives attempts, accept waives policy, cancel ends it', async (t) => {
  const bench = await openBench(t);
  const repository = await makeRepository({ files: redModules(['first', 'second', 'third']) });
  t.after(() => repository.remove());
  const agentScript = await script(bench, {
    rules: [
      { match: { finding: 'first', attempt: 1 }, steps: [{ say: 'nothing' }] },
      { match: { finding: 'first' }, steps: [honestFix('first', 1)] },
      {
        match: { finding: 'second' },
        steps: [{ replace: { file: 'test/second.test.mjs', from: 'second(), 2', to: 'second(), 0' } }],
      },
    ],
    otherwise: [{ say: 'nothing' }],
  });
  const report = await fix(bench, request(repository, { agentScript, maxAttempts: 1 }));
  assert.equal(report.remaining.length, 3);
  const id = (word: string) => report.tasks.find(({ title }) => title.includes(word))?.id ?? '';
  await bench.engine.cancel(id('third'));
  await bench.engine.retry(id('first').slice(0, 8));
  await bench.engine.accept(id('second'));
  const after = await finished(bench, report.run);
  const state = (word: string) => after.tasks.find(({ title }) => title.includes(word))?.state;
  assert.deepEqual(
    [state('first'), state('second'), state('third')],
    ['done', 'done', 'cancelled'],
    JSON.stringify(after, null, 1),
  );
  assert.match(await repository.git('show', 'main:test/second.test.mjs'), /second\(\), 0/);
  await assert.rejects(bench.engine.retry('0000000000000000'), /There is no task/);
});

test('worktrees: a run goes green, and one whose agent changes the shared .git lands nothing and says what changed', async (t) => {
  const bench = await openBench(t);
  const honest = await makeRepository({ files: redModules(['one', 'two']) });
  const poisoned = await makeRepository({ files: redModules(['bad']) });
  t.after(() => Promise.all([honest.remove(), poisoned.remove()]));
  const agentScript = await script(bench, {
    rules: [
      { match: { finding: 'one' }, steps: [honestFix('one', 1)] },
      { match: { finding: 'two' }, steps: [honestFix('two', 2)] },
      {
        match: { finding: 'bad' },
        steps: [honestFix('bad', 1), { run: ['git', 'config', 'filter.x.smudge', 'touch canary; cat'] }],
      },
    ],
  });
  const green = await fix(bench, request(honest, { agentScript, workspace: 'worktree' }));
  assert.equal(green.ok, true, JSON.stringify(green, null, 1));
  assert.equal(await honest.git('branch', '--list', 'ao/*'), '');
  assert.equal(await honest.git('status', '--porcelain'), '');
  const before = await poisoned.head();
  const report = await fix(bench, request(poisoned, { agentScript, workspace: 'worktree' }));
  assert.equal(report.ok, false);
  assert.match(report.target.held ?? '', /filter\.x\.smudge/);
  assert.equal(await poisoned.head('main'), before);
});
