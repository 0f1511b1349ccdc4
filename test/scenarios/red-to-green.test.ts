import assert from 'node:assert/strict';
import { test } from 'node:test';
import { digest, makeRepository } from '../support/repositories.ts';
import { failingTests, fix, landedCommits, openBench, request, script } from './support/engine.ts';
import { honestFix, redModules } from './support/modules.ts';

const names = ['alpha', 'beta', 'gamma'];

test('a red repository goes green, each landed commit is less red, and nothing else of the user’s changes', async (t) => {
  const bench = await openBench(t);
  const repository = await makeRepository({ files: redModules(names) });
  t.after(() => repository.remove());
  await repository.git('branch', 'other');
  await repository.write({ 'notes.txt': 'untracked\n' });
  const config = await digest(`${repository.path}/.git`, (name) => !/^(config|hooks|info)/.test(name));
  const before = await repository.head();
  const agentScript = await script(bench, {
    rules: names.map((name, index) => ({ match: { finding: name }, steps: [honestFix(name, index + 1)] })),
  });

  const report = await fix(bench, request(repository, { agentScript }));

  assert.deepEqual(report.remaining, []);
  assert.equal(report.ok, true);
  assert.equal(report.baseline.findings.length, 3);
  assert.equal(report.target.before, before);
  assert.equal(report.target.after, await repository.head('main'));
  const counts = [(await failingTests(repository, before)).length];
  for (const commit of await landedCommits(repository, before)) {
    counts.push((await failingTests(repository, commit)).length);
  }
  assert.equal(counts.at(-1), 0);
  assert.ok(
    counts.every((count, index) => index === 0 || count < (counts[index - 1] ?? 0)),
    String(counts),
  );
  assert.equal(await repository.git('status', '--porcelain'), '?? notes.txt');
  assert.equal(await repository.head('other'), before);
  assert.equal(await repository.git('branch', '--show-current'), 'main');
  assert.equal(await digest(`${repository.path}/.git`, (name) => !/^(config|hooks|info)/.test(name)), config);
  assert.equal(await repository.git('rev-parse', `refs/ao/before/${report.run}`), before);
});

test('a repository that is green already ends green at once and nothing is started', async (t) => {
  const bench = await openBench(t);
  const repository = await makeRepository({ files: { 'a.test.mjs': `import 'node:test';\n` } });
  t.after(() => repository.remove());
  const report = await fix(bench, request(repository, { agentScript: await script(bench, {}) }));
  assert.equal(report.ok, true);
  assert.deepEqual(report.tasks, []);
  assert.equal(report.target.after, report.target.before);
});

test('The tree that lands is the tree that was tested, and it is less red than the one before', async (t) => {
  const bench = await openBench(t);
  const many = ['ant', 'bee', 'cat', 'dog', 'elk', 'fox'];
  const repository = await makeRepository({ files: redModules(many) });
  t.after(() => repository.remove());
  const agentScript = await script(bench, {
    rules: many.map((name, index) => ({ match: { finding: name }, steps: [honestFix(name, index + 1)] })),
  });
  const report = await fix(bench, request(repository, { agentScript, checkConcurrency: 1 }));
  const tested = new Map<string, number>();
  for (const event of await bench.engine.events(0, report.run, 10_000)) {
    if (event.type !== 'tree.checked') continue;
    const { tree, checks } = event.body as { tree: string; checks: { findings: number }[] };
    tested.set(
      tree,
      checks.reduce((sum, { findings }) => sum + findings, 0),
    );
  }
  const commits = [report.target.before, ...(await landedCommits(repository, report.target.before))];
  const failing: (number | undefined)[] = [];
  for (const commit of commits)
    failing.push(tested.get(await repository.git('rev-parse', `${commit}^{tree}`)));
  assert.ok(!failing.includes(undefined), `a commit landed whose tree was not tested: ${failing.join(' ')}`);
  assert.equal(failing.at(-1), 0);
  assert.ok(
    failing.every((count, index) => index === 0 || (count ?? 0) < (failing[index - 1] ?? 0)),
    failing.join(' '),
  );
});

test('what a setup writes into the project is nobody’s change, unless the agent changed it too', async (t) => {
  const bench = await openBench(t);
  const repository = await makeRepository({ files: redModules(['one', 'two']) });
  t.after(() => repository.remove());
  const agentScript = await script(bench, {
    rules: [
      { match: { finding: 'one' }, steps: [honestFix('one', 1)] },
      {
        match: { finding: 'two' },
        steps: [honestFix('two', 2), { append: { file: 'kept.txt', text: 'and by the agent\n' } }],
      },
    ],
  });
  const setup = 'echo generated > made.txt; echo by the setup > kept.txt';
  const report = await fix(bench, request(repository, { agentScript, setup }));
  assert.equal(report.ok, true, JSON.stringify(report, null, 1));
  const landed = await repository.git('diff', '--name-only', report.target.before, 'main');
  assert.deepEqual(landed.split('\n'), ['kept.txt', 'src/one.mjs', 'src/two.mjs']);
  assert.equal(await repository.git('show', 'main:kept.txt'), 'by the setup\nand by the agent');
});
