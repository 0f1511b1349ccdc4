import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Step } from '../../src/adapters/agents/scripted/script.ts';
import { makeRepository } from '../support/repositories.ts';
import { failingTests, fix, landedCommits, openBench, request, script } from './support/engine.ts';
import { honestFix, moduleFiles, redModules } from './support/modules.ts';

test('two changes that are good alone and break together: the second goes back with the finding', async (t) => {
  const bench = await openBench(t);
  const limits = `export const left = 1;\nexport const right = 1;\n`;
  const sum = [
    `import assert from 'node:assert/strict';`,
    `import { test } from 'node:test';`,
    `import { left, right } from '../src/limits.mjs';`,
    `test('both stay below 4', () => assert.ok(left + right < 4));`,
    ``,
  ].join('\n');
  const asks = (side: string) =>
    [
      `import assert from 'node:assert/strict';`,
      `import { test } from 'node:test';`,
      `import { ${side} } from '../src/${side}.mjs';`,
      `test('${side} is enough', () => assert.ok(${side}() >= 2));`,
      ``,
    ].join('\n');
  const side = (name: string) =>
    `import * as limits from './limits.mjs';\nexport const ${name} = () => limits.${name};\n`;
  const repository = await makeRepository({
    files: {
      'src/limits.mjs': limits.replace('\n', '\n\n\n\n'),
      'src/left.mjs': side('left'),
      'src/right.mjs': side('right'),
      'test/left.test.mjs': asks('left'),
      'test/right.test.mjs': asks('right'),
      'test/sum.test.mjs': sum,
    },
  });
  t.after(() => repository.remove());
  const raise = (name: string) => ({
    replace: { file: 'src/limits.mjs', from: `${name} = 1`, to: `${name} = 2` },
  });
  // Whoever comes second is told what broke and takes back its part: its function no longer rests on the limit.
  const otherWay = (name: string) => [
    { replace: { file: 'src/limits.mjs', from: `${name} = 2`, to: `${name} = 1` } },
    { replace: { file: `src/${name}.mjs`, from: `limits.${name}`, to: `limits.${name} + 1` } },
  ];
  const agentScript = await script(bench, {
    rules: [
      { match: { finding: 'left', attempt: 1 }, steps: [raise('left')] },
      { match: { finding: 'right', attempt: 1 }, steps: [raise('right')] },
      { match: { finding: 'left' }, steps: otherWay('left') },
      { match: { finding: 'right' }, steps: otherWay('right') },
    ],
  });
  const report = await fix(bench, request(repository, { agentScript, concurrency: 2 }));
  const reasons = report.tasks.flatMap((task) => task.attempts.map(({ reason }) => reason ?? ''));
  assert.equal(report.ok, true, JSON.stringify(report, null, 1));
  assert.ok(
    reasons.some((reason) =>
      /merge queue.*both stay below 4|breaks what passed before: both stay below 4/.test(reason),
    ),
    reasons.join('\n'),
  );
  for (const commit of await landedCommits(repository, report.target.before)) {
    assert.ok(!(await failingTests(repository, commit)).includes('both stay below 4'));
  }
});

test('two changes that conflict textually both land: the second with the conflict resolved by its agent', async (t) => {
  const bench = await openBench(t);
  const shared = `export const table = { one: 0, two: 0 };\n`;
  const asks = (key: string, right: number) =>
    [
      `import assert from 'node:assert/strict';`,
      `import { test } from 'node:test';`,
      `import { table } from '../src/table.mjs';`,
      `test('${key} is right', () => assert.equal(table.${key}, ${right}));`,
      ``,
    ].join('\n');
  const repository = await makeRepository({
    files: {
      'src/table.mjs': shared,
      'test/one.test.mjs': asks('one', 1),
      'test/two.test.mjs': asks('two', 2),
    },
  });
  t.after(() => repository.remove());
  const agentScript = await script(bench, {
    rules: [
      {
        match: { finding: 'one', attempt: 1 },
        steps: [{ replace: { file: 'src/table.mjs', from: 'one: 0', to: 'one: 1' } }],
      },
      {
        match: { finding: 'two', attempt: 1 },
        steps: [{ replace: { file: 'src/table.mjs', from: 'two: 0', to: 'two: 2' } }],
      },
    ],
    otherwise: [{ write: { file: 'src/table.mjs', text: `export const table = { one: 1, two: 2 };\n` } }],
  });
  const report = await fix(bench, request(repository, { agentScript }));
  assert.equal(report.ok, true, JSON.stringify(report, null, 1));
  const reasons = report.tasks.flatMap((task) => task.attempts.map(({ reason }) => reason ?? ''));
  assert.ok(
    reasons.some((reason) => reason.includes('conflicts with what landed first in src/table.mjs')),
    reasons.join('\n'),
  );
});

test('an agent that cannot resolve a conflict starts afresh from what landed', async (t) => {
  const bench = await openBench(t);
  const one = redModules(['one', 'two']);
  const both = `export const one = () => 0;\nexport const two = () => 0;\n`;
  const reexport = (name: string): string => `export { ${name} } from './both.mjs';\n`;
  const repository = await makeRepository({
    files: { ...one, 'src/both.mjs': both, 'src/one.mjs': reexport('one'), 'src/two.mjs': reexport('two') },
  });
  t.after(() => repository.remove());
  const mend = (name: string, right: number): Step => ({
    replace: { file: 'src/both.mjs', from: `${name} = () => 0;`, to: `${name} = () => ${right};` },
  });
  const agentScript = await script(bench, {
    rules: [
      { match: { attempt: 2 }, steps: [{ say: 'I do not know what these markers are' }] },
      { match: { finding: 'one' }, steps: [mend('one', 1)] },
      { match: { finding: 'two' }, steps: [mend('two', 2)] },
    ],
  });
  const report = await fix(bench, request(repository, { agentScript, concurrency: 2 }));
  assert.equal(report.ok, true, JSON.stringify(report, null, 1));
  assert.deepEqual(report.tasks.map(({ attempts }) => attempts.length).toSorted(), [1, 3]);
});

test('a batch lands as one merge commit over one squashed commit per task', async (t) => {
  const bench = await openBench(t);
  const names = ['ant', 'bee', 'cat', 'dog'];
  const repository = await makeRepository({ files: redModules(names) });
  t.after(() => repository.remove());
  const agentScript = await script(bench, {
    rules: names.map((name, index) => ({ match: { finding: name }, steps: [honestFix(name, index + 1)] })),
  });
  const report = await fix(bench, request(repository, { agentScript, checkConcurrency: 1 }));
  assert.equal(report.ok, true);
  const commits = await landedCommits(repository, report.target.before);
  const all = await repository.git('rev-list', '--no-merges', `${report.target.before}..main`);
  assert.equal(all.split('\n').length, names.length);
  assert.ok(commits.length < names.length, `${commits.length} first-parent commits`);
  for (const task of report.tasks) assert.ok(all.includes(task.landed?.commit ?? '?'), task.title);
});

test('a landing that fixes another task’s finding closes that task', async (t) => {
  const bench = await openBench(t);
  const repository = await makeRepository({
    files: {
      ...moduleFiles('core', '0', '1'),
      'src/user.mjs': `import { core } from './core.mjs';\nexport function user() {\n  return core() + 1;\n}\n`,
      'test/user.test.mjs': [
        `import assert from 'node:assert/strict';`,
        `import { test } from 'node:test';`,
        `import { user } from '../src/user.mjs';`,
        `test('user is one more', () => assert.strictEqual(user(), 2));`,
        ``,
      ].join('\n'),
    },
  });
  t.after(() => repository.remove());
  const agentScript = await script(bench, {
    rules: [{ match: { finding: 'core' }, steps: [honestFix('core', 1)] }],
    otherwise: [{ wait: 60_000 }],
  });
  const report = await fix(bench, request(repository, { agentScript, group: 'finding' }));
  const closed = report.tasks.find(({ fixedBy }) => fixedBy !== null);
  assert.equal(report.ok, true, JSON.stringify(report, null, 1));
  assert.ok(closed, JSON.stringify(report.tasks));
  assert.equal(closed.state, 'done');
  assert.equal(closed.landed, null);
  assert.equal(closed.attempts.at(-1)?.outcome, 'superseded');
});
