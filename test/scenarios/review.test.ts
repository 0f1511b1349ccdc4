// What fresh eyes found in the engine: each of these went wrong once.
import assert from 'node:assert/strict';
import { chmod, rm, writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { makeRepository } from '../support/repositories.ts';
import { waitFor } from '../support/wait-for.ts';
import { finished, fix, nodeTest, openBench, request, script } from './support/engine.ts';
import { colleagueCommits, honestFix, moduleFiles, redModules } from './support/modules.ts';

/** A file of tests that cannot be loaded before its import exists, and fails once it can. */
const hidden = [
  `import assert from 'node:assert/strict';`,
  `import { test } from 'node:test';`,
  `import '../src/missing.mjs';`,
  `test('what was hidden', () => assert.equal(1, 2));`,
  ``,
].join('\n');

test('an accepted change is accepted alone: a later, different one is held to the policy again', async (t) => {
  const bench = await openBench(t);
  const repository = await makeRepository({ files: redModules(['sly']) });
  t.after(() => repository.remove());
  const cheat = { replace: { file: 'test/sly.test.mjs', from: 'sly(), 1', to: 'sly(), 0' } };
  const agentScript = await script(bench, {
    rules: [{ match: { attempt: 1 }, steps: [cheat] }],
    otherwise: [{ write: { file: '.github/workflows/evil.yml', text: 'on: push\n' } }, honestFix('sly', 1)],
  });
  const slow = [{ name: 'test', command: `sleep 1 && ${nodeTest}`, timeoutMs: 60_000 }];
  const report = await fix(bench, request(repository, { agentScript, maxAttempts: 1, checks: slow }));
  const task = report.tasks[0]?.id ?? '';
  await bench.engine.accept(task);
  await bench.engine.stop(report.run); // before the gate has looked at the accepted change
  await bench.engine.fix({ ...request(repository, {}), resume: true });
  const after = await finished(bench, report.run);
  assert.equal(after.ok, false, JSON.stringify(after, null, 1));
  assert.equal(await repository.head('main'), report.target.before);
});

test('a check that cannot be run on somebody’s new head ends the run with its agents, and a mended one is seen on resume', async (t) => {
  const bench = await openBench(t);
  const repository = await makeRepository({
    files: { ...redModules(['slow', 'late']), 'run.sh': `exec ${nodeTest}\n` },
  });
  t.after(() => repository.remove());
  const agentScript = await script(bench, {
    rules: [
      {
        match: { finding: 'slow', attempt: 1 },
        steps: [
          { run: ['rm', `${repository.path}/run.sh`] },
          colleagueCommits(repository.path),
          honestFix('slow', 1),
        ],
      },
      { match: { finding: 'late', attempt: 1 }, steps: [{ say: 'hanging' }, { hang: true }] },
      { match: { finding: 'late' }, steps: [honestFix('late', 2)] },
    ],
    otherwise: [honestFix('slow', 1)],
  });
  const checks = [{ name: 'test', command: 'test -e run.sh || exit 127; sh ./run.sh', timeoutMs: 60_000 }];
  const report = await fix(bench, request(repository, { agentScript, checks }));
  assert.equal(report.outcome, 'failed');
  assert.match(report.reason ?? '', /check test could not be run/);
  assert.deepEqual(await bench.engine.live(), []);

  await repository.commit({ 'run.sh': `exec ${nodeTest}\n` }, 'mended');
  await bench.engine.fix({ ...request(repository, {}), resume: true });
  const after = await finished(bench, report.run);
  assert.equal(after.ok, true, JSON.stringify(after, null, 1));
});

test('a target whose branch is gone at the end is not reported green', async (t) => {
  const bench = await openBench(t);
  const repository = await makeRepository({ files: redModules(['one', 'two']) });
  t.after(() => repository.remove());
  await repository.git('switch', '--quiet', '--create', 'elsewhere');
  const agentScript = await script(bench, {
    rules: [{ match: { finding: 'one' }, steps: [honestFix('one', 1)] }],
    otherwise: [
      { run: ['git', '-C', repository.path, 'branch', '--quiet', '-D', 'main'] },
      honestFix('two', 2),
    ],
  });
  const wanted = { ...request(repository, { agentScript, concurrency: 1 }), branch: 'main' };
  const report = await fix(bench, wanted);
  assert.equal(report.ok, false, JSON.stringify(report, null, 1));
  assert.notEqual(report.target.held, null);
});

test('a run that is stopped while work cannot be saved neither spins nor waits for ever', async (t) => {
  const bench = await openBench(t);
  const repository = await makeRepository({ files: redModules(['stuck']) });
  t.after(() => repository.remove());
  const agentScript = await script(bench, { otherwise: [{ say: 'at work' }, { hang: true }] });
  const { run } = await bench.engine.fix(request(repository, { agentScript }));
  await waitFor('the agent to be at work', async () =>
    (await bench.engine.run(run)).tasks.some(({ lastLine }) => lastLine === 'at work'),
  );
  const [session] = await bench.engine.live();
  assert.ok(session);
  const project = session.log.split('/runs/')[0] ?? '';
  await rm(`${project}/projects`, { recursive: true, force: true }); // the hub: nothing can be saved now
  await writeFile(`${project}/projects`, 'in the way');
  await chmod(`${project}/projects`, 0o400);
  await bench.engine.stop(run);
  const report = await bench.engine.report(run);
  assert.notEqual(report.outcome, 'green');
  const tries = bench.log.filter((line) => line.startsWith('job.failed')).length;
  assert.ok(tries > 0 && tries < 12, `${tries} tries`);
  assert.deepEqual(await bench.engine.live(), []);
});

test('a person cannot reopen an old run while another one works on the same repository', async (t) => {
  const bench = await openBench(t);
  const repository = await makeRepository({
    files: { ...redModules(['busy']), ...moduleFiles('fine', '1', '1') },
  });
  t.after(() => repository.remove());
  const nothing = await script(bench, { otherwise: [{ say: 'nothing' }] });
  const first = await fix(bench, request(repository, { agentScript: nothing, maxAttempts: 1 }));
  const hanging = await script(bench, { otherwise: [{ hang: true }] });
  const second = await bench.engine.fix(request(repository, { agentScript: hanging }));
  await assert.rejects(bench.engine.retry(first.tasks[0]?.id ?? ''), /works on/);
  await bench.engine.stop(second.run);
  assert.equal((await bench.engine.retry(first.tasks[0]?.id ?? '')).state, 'ready');
  assert.equal((await finished(bench, first.run)).outcome, 'remaining');
});

test('a program that does not exist is refused before anything is spent', async (t) => {
  const bench = await openBench(t);
  const repository = await makeRepository({ files: redModules(['one']) });
  t.after(() => repository.remove());
  const wanted = request(repository, { agent: 'command', agentCommand: ['no-such-agent', '{prompt}'] });
  await assert.rejects(bench.engine.fix(wanted), /There is no program no-such-agent/);
  assert.deepEqual(await bench.engine.runs(), []);
});

test('what comes to light after the last round is among what remains', async (t) => {
  const bench = await openBench(t);
  const repository = await makeRepository({
    files: { ...redModules(['first']), 'test/hidden.test.mjs': hidden },
  });
  t.after(() => repository.remove());
  const agentScript = await script(bench, {
    rules: [
      { match: { finding: 'first' }, steps: [honestFix('first', 1)] },
      {
        match: { finding: 'hidden' },
        steps: [{ write: { file: 'src/missing.mjs', text: 'export {};\n' } }],
      },
    ],
  });
  const report = await fix(bench, request(repository, { agentScript, maxRounds: 1 }));
  assert.equal(report.ok, false, JSON.stringify(report, null, 1));
  assert.deepEqual(
    report.remaining.map(({ title, reason }) => [title, reason]),
    [['what was hidden', 'came to light after the last round']],
  );
});
