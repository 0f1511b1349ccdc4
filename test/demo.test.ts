import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { makeChecks } from '../src/adapters/checks/index.ts';
import { parseScript } from '../src/adapters/agents/scripted/script.ts';
import type { Rule } from '../src/demo/case.ts';
import { demoCases } from '../src/demo/cases.ts';
import { lintCommand, shellText, testCommand } from '../src/demo/checks.ts';
import { makeRepository, shopFiles } from '../src/demo/make-repository.ts';
import type { DemoResult } from '../src/demo/run-demo.ts';
import type { CheckResult } from '../src/domain/check-result.ts';
import type { Finding } from '../src/domain/finding.ts';
import { groupFindings } from '../src/domain/grouping.ts';
import {
  openRepository,
  temporaryDirectory,
  type TestRepository,
  writeFiles,
} from './support/repositories.ts';
import { waitFor } from './support/wait-for.ts';

let base: string;
let shop: TestRepository;
const cases = () => demoCases(path.join(base, 'calls'));
const commands = { test: shellText(testCommand), lint: shellText(lintCommand()) };

before(async () => {
  base = path.join(await temporaryDirectory(), 'with a space');
  shop = openRepository(path.join(base, 'corner shop'));
  await makeRepository(shop.path, shopFiles(cases()));
});
after(() => rm(path.dirname(base), { recursive: true }));

/** The demo's checks, or its tests in these files alone, in a new checkout of `revision`, by the parts that a run uses. */
async function check(revision: string, ...files: string[]): Promise<CheckResult[]> {
  const [root, dir] = [
    path.join(base, `tree-${revision}-${Math.random()}`),
    path.join(base, `out-${Math.random()}`),
  ];
  await mkdir(dir);
  await shop.git('worktree', 'add', '--quiet', '--detach', root, revision);
  const checks = makeChecks();
  const env = { PATH: process.env['PATH'] ?? '', HOME: base };
  const results: CheckResult[] = [];
  const some = { test: [commands.test, ...files].join(' ') };
  for (const [name, command] of Object.entries(files.length > 0 ? some : commands)) {
    const spec = { name, command, timeoutMs: 60_000 };
    const signal = new AbortController().signal;
    results.push(await checks.run({ spec, root, env, mark: `demo-${Math.random()}`, dir, signal }));
  }
  return results;
}

const findingsOf = (results: CheckResult[]): Finding[] => results.flatMap(({ findings }) => findings);

/** Plays what a rule does to files, up to where its agent stops. */
async function play(rule: Rule, root: string): Promise<void> {
  for (const step of rule.steps) {
    if ('crash' in step || 'hang' in step) return;
    if ('write' in step) await writeFiles(root, { [step.write.file]: step.write.text });
    if ('append' in step || 'replace' in step) {
      const { file } = 'append' in step ? step.append : step.replace;
      const text = await readFile(path.join(root, file), 'utf8');
      if ('append' in step) await writeFiles(root, { [file]: text + step.append.text });
      else {
        const { from, to, optional } = step.replace;
        assert.ok(optional || text.includes(from), `${file} holds no ${from}`);
        await writeFiles(root, { [file]: text.replace(from, () => to) });
      }
    }
  }
}

/** A branch from main on which the agents of these tests each made their first attempt. */
async function branchWith(name: string, files: string[]): Promise<string> {
  await shop.git('checkout', '--quiet', '-b', name, 'main');
  const rules = cases().flatMap((each) => each.rules);
  for (const file of files) {
    const rule = rules.find(({ match }) => new RegExp(match.finding).test(file));
    assert.ok(rule, `no agent for ${file}`);
    await play(rule, shop.path);
  }
  return shop.commit({}, name);
}

describe('the repository of the demo', () => {
  test('is red in the intended places and in no other, each a task of its own', async () => {
    const findings = findingsOf(await check('main'));
    const tasks = groupFindings(findings, 'auto').map((group) => group.findings.map(({ file }) => file));
    assert.deepEqual(
      tasks.toSorted((a, b) => String(a).localeCompare(String(b))),
      [
        ['src/coupon.js'],
        ['src/newsletter.js', 'src/newsletter.js'],
        ['test/calendar.test.js', 'test/calendar.test.js'],
        ['test/discount.test.js'],
        ['test/invoices.test.js', 'test/orders.test.js'],
        ['test/labels.test.js'],
        ['test/loyalty.test.js'],
        ['test/price.test.js'],
        ['test/search.test.js'],
        ['test/shipping.test.js'],
        ['test/stock.test.js'],
        ['test/supplier.test.js'],
        ['test/tax.test.js'],
      ],
    );
  });

  test('has one test that passes the second time, on the same files', async () => {
    await rm(path.join(base, 'calls'), { force: true });
    const supplier = async () =>
      findingsOf(await check('main', 'test/supplier.test.js')).map(({ file }) => file);
    assert.deepEqual([await supplier(), await supplier()], [['test/supplier.test.js'], []]);
  });

  test('is green once every agent has done what it does in the end', async () => {
    await shop.git('checkout', '--quiet', '-b', 'all-fixed', 'main');
    for (const rule of cases().flatMap((each) => each.rules)) {
      await play(rule, shop.path);
      await shop.git('checkout', 'main', '--', 'test'); // what policy takes back
    }
    await shop.commit({}, 'all fixed');
    const findings = findingsOf(await check('all-fixed')).filter(
      ({ file }) => file !== 'test/supplier.test.js',
    );
    assert.deepEqual(
      findings.map(({ title }) => title),
      [],
    );
  });

  test('holds two fixes that git cannot merge', async () => {
    await branchWith('price', ['test/price.test.js']);
    await branchWith('tax', ['test/tax.test.js']);
    const merged = await shop.git('merge-tree', '--write-tree', '--name-only', 'price', 'tax').then(
      () => 'no conflict',
      (error: { stdout: string }) => error.stdout,
    );
    assert.match(merged, /^src\/settings\.js$/m);
  });

  test('holds two fixes that are good alone, merge, and break a test together', async () => {
    const files = ['test/discount.test.js', 'test/shipping.test.js', 'test/checkout.test.js'];
    const [discount = '', shipping = '', checkout = ''] = files;
    await branchWith('discount', [discount]);
    await branchWith('shipping', [shipping]);
    await branchWith('both', [discount, shipping]);
    const failing = async (branch: string) =>
      findingsOf(await check(branch, ...files)).map(({ file }) => file);
    assert.deepEqual(await failing('discount'), [shipping]);
    assert.deepEqual(await failing('shipping'), [discount]);
    assert.deepEqual(await failing('both'), [checkout]);
  });

  test('comes with a script that the scripted agent accepts', () => {
    const rules = cases().flatMap((each) => each.rules);
    assert.equal(parseScript(JSON.stringify({ rules })).rules.length, rules.length);
  });
});

describe('ao demo', () => {
  const main = path.join(import.meta.dirname, '../src/cli/main.ts');
  let temporary: string;
  before(async () => {
    temporary = path.join(base, 'temporary files');
    await mkdir(temporary);
  });

  function start(...options: string[]) {
    const env = { ...process.env, TMPDIR: temporary, AO_HOME: '/dev/null/not used', AO_SCOPE: 'nothing' };
    const child = spawn(process.execPath, [main, 'demo', ...options], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const out = { text: '' };
    const err = { text: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out.text += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (err.text += text));
    return { child, out, err, ended: once(child, 'close') };
  }

  async function said(err: { text: string }, what: RegExp): Promise<void> {
    try {
      await waitFor(`${what}`, () => what.test(err.text), 60_000);
    } catch (cause) {
      throw new Error(`it only said: ${err.text}`, { cause });
    }
  }

  /** Processes with the demo's directory in their environment or arguments. */
  async function leftOver(): Promise<string[]> {
    const found: string[] = [];
    for (const pid of await readdir('/proc').catch(() => [])) {
      if (!/^\d+$/.test(pid) || Number(pid) === process.pid) continue;
      const read = (name: string) => readFile(`/proc/${pid}/${name}`, 'utf8').catch(() => '');
      const text = (await read('environ')) + (await read('cmdline'));
      if (text.includes(temporary)) found.push(`${pid} ${text.slice(0, 100)}`);
    }
    return found;
  }

  test('brings its repository to green with every case as promised, and leaves nothing', async () => {
    const { child, out, err, ended } = start('--json');
    await ended;
    const { ok, cases: shown, commits, report } = JSON.parse(out.text) as DemoResult;
    assert.deepEqual(
      shown.filter((one) => !one.ok),
      [],
      err.text,
    );
    assert.deepEqual(
      shown.map(({ name }) => name),
      cases().map(({ name }) => name),
    );
    assert.equal(ok, true);
    assert.equal(child.exitCode, 0);
    assert.equal(report.ok, true);
    assert.ok(commits.length > 3);
    assert.equal(commits.at(-1)?.failing, 0);
    assert.ok(commits.slice(1).every(({ failing }, index) => failing < (commits[index]?.failing ?? 0)));
    assert.deepEqual(await readdir(temporary), []);
    assert.deepEqual(await leftOver(), []);
  });

  test('ends on Ctrl-C while agents work, with exit code 130 and nothing left', async () => {
    const { child, out, err, ended } = start('--json');
    await said(err, /attempt 1 started/);
    child.kill('SIGINT');
    await ended;
    assert.equal(child.exitCode, 130);
    assert.equal(out.text, '{\n  "ended": true,\n  "kept": null\n}\n');
    assert.deepEqual(await readdir(temporary), []);
    assert.deepEqual(await leftOver(), []);
  });

  test('leaves the repository and its data where they were asked for, but no process', async () => {
    const { child, err, ended } = start('--keep');
    await said(err, /checking main/);
    child.kill('SIGINT');
    await ended;
    const [folder = ''] = await readdir(temporary);
    assert.match(err.text, new RegExp(`git -C '.*${folder}/corner-shop' log`));
    const kept = openRepository(path.join(temporary, folder, 'corner-shop'));
    assert.equal(await kept.git('log', '-1', '--format=%s', 'main'), 'Open the shop');
    assert.deepEqual(await leftOver(), []);
    await rm(path.join(temporary, folder), { recursive: true });
  });
});
