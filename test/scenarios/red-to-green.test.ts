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
