// 5,000 hostile strings through every field that takes text: nothing of it is run, and nothing breaks.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { commandAgent } from '../src/adapters/agents/command/index.ts';
import { openHub } from '../src/adapters/git/hub.ts';
import { processRuntime } from '../src/adapters/runtimes/process/index.ts';
import { launchText } from '../src/adapters/runtimes/tmux/launch-text.ts';
import { cloneWorkspaces } from '../src/adapters/workspaces/clone.ts';
import { runScreen } from '../src/cli/screen/run-screen.ts';
import { makePaint } from '../src/cli/screen/paint.ts';
import { summary } from '../src/cli/screen/summary.ts';
import { noon, report, reportTask, runView, taskView } from '../src/cli/screen/test-support/views.ts';
import { checkName } from '../src/config/read-setting.ts';
import { fixSettings } from '../src/config/settings.ts';
import { type FixInput, resolveFix } from '../src/daemon/resolve-fix.ts';
import { AoError } from '../src/domain/errors.ts';
import type { Problem } from '../src/domain/evidence.ts';
import type { Finding } from '../src/domain/finding.ts';
import { groupFindings } from '../src/domain/grouping.ts';
import { writePrompt } from '../src/domain/prompt.ts';
import { sessionName } from '../src/engine/session-name.ts';
import { hostileStrings } from './support/hostile-strings.ts';
import { makeRepository, temporaryDirectory } from './support/repositories.ts';

const run = promisify(execFile);
let directory = '';
let strings: string[] = [];

before(async () => {
  directory = await temporaryDirectory();
  strings = hostileStrings(5000, path.join(directory, 'canaries', 'c'));
  await mkdir(path.join(directory, 'canaries'));
});

after(async () => {
  assert.deepEqual(await readdir(path.join(directory, 'canaries')), [], 'a string was run');
  await rm(directory, { recursive: true, force: true });
});

// oxlint-disable-next-line no-control-regex -- control characters are what this is about
const unsafe = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/;

/** Text that programs can be started with. */
const passable = (): string[] => strings.filter((one) => !one.includes('\0') && one.isWellFormed());

function finding(said: string, index: number): Finding {
  return {
    id: index.toString(16).padStart(16, '0'),
    check: said,
    kind: 'test',
    file: said,
    line: 1,
    title: said,
    message: said,
  };
}

test('findings become titles of one clean line, and names of sessions of [a-z0-9-]', () => {
  const groups = groupFindings(strings.map(finding), 'finding');
  assert.equal(groups.length, 5000);
  for (const { title } of groups) {
    assert.doesNotMatch(title, unsafe);
    assert.doesNotMatch(title, /[\n\t]/);
    assert.match(sessionName({ id: 'ab12cd34ab12cd34', title }, 1), /^[a-z0-9-]{1,40}$/);
  }
});

test('a prompt holds them clean, and fenced by more backticks than they have', () => {
  for (const [index, one] of strings.entries()) {
    const problems: Problem[] = [
      { code: 'policy', rule: 'scope', message: one, paths: [one] },
      { code: 'conflict', paths: [one], hunks: one },
      { code: 'agent_failed', message: one },
    ];
    const checks = [{ name: one, command: one }];
    const facts = { title: one, findings: [finding(one, index)], problems, checks };
    const prompt = writePrompt({
      ...facts,
      scope: one,
      allowTestEdits: false,
      earlier: { isKept: true, movedTo: one },
    });
    assert.doesNotMatch(prompt, unsafe);
    const sections = prompt.split('\n').filter((line) => /^\[[A-Z]+\]$/.test(line));
    const inFences = withoutFences(prompt)
      .split('\n')
      .filter((line) => /^\[[A-Z]+\]$/.test(line));
    assert.deepEqual(
      inFences,
      ['[WHAT]', '[CONTEXT]', '[SCOPE]', '[DONE]', '[CONSTRAINTS]'],
      sections.join(),
    );
  }
});

function withoutFences(prompt: string): string {
  return prompt.replace(/^(`{3,})text\n[^]*?\n\1$/gm, '');
}

test('the screen and the summary show them without a control character and within the columns', () => {
  for (const one of strings) {
    const task = taskView({ title: one, reason: one, lastLine: one, agent: one, session: one });
    const view = runView({
      path: one,
      branch: one,
      reason: one,
      activity: one,
      tasks: [task],
      queue: { entries: [], activity: one },
    });
    const lines = runScreen(view, { columns: 80, rows: 30, now: noon, paint: makePaint(false), footer: '' });
    const target = { branch: one, before: 'a'.repeat(40), after: 'b'.repeat(40), held: one };
    const tasks = [reportTask({ title: one, reason: one })];
    const told = report({
      ok: false,
      target,
      tasks,
      reason: one,
      remaining: [{ id: 'x', title: one, reason: one }],
    });
    lines.push(...summary(told, { path: '/shop', checkout: '/shop', paint: makePaint(false) }));
    for (const line of lines) assert.doesNotMatch(line.replaceAll('\n', ''), unsafe, JSON.stringify(one));
  }
});

test('each setting takes or refuses them in words, from a flag, a variable and the path', async (t) => {
  const repository = await makeRepository();
  t.after(() => repository.remove());
  const input: FixInput = {
    cwd: repository.path,
    path: null,
    flags: {},
    env: {},
    resume: true,
    dryRun: false,
  };
  const counts = { taken: 0, refused: 0 };
  const attempt = (given: Partial<FixInput>): void => {
    try {
      const { options } = resolveFix({ ...input, ...given }, directory);
      counts.taken += 1;
      assert.ok(options.checks.every(({ name, command }) => checkName.test(name) && !command.includes('\0')));
      assert.ok((options.agentCommand ?? []).every((word) => !word.includes('\0')));
    } catch (error) {
      assert.ok(error instanceof AoError, error instanceof Error ? error.stack : String(error));
      counts.refused += 1;
    }
  };
  for (const [index, one] of strings.entries()) {
    const setting = fixSettings[index % fixSettings.length];
    assert.ok(setting);
    for (const { key, variable } of index < 80 ? fixSettings : [setting]) {
      attempt({ flags: { [key]: one } });
      attempt({ env: { [variable]: one } });
    }
    attempt({ flags: { checks: [`t=${one}`], [index % 2 === 0 ? one : 'agentCommand']: [one, one] } });
    attempt(
      index % 2 === 0
        ? { path: one }
        : { cwd: `${repository.path}/${one}`, env: { [one]: one, AO_CONFIG: one, HOME: one } },
    );
  }
  assert.ok(counts.taken > 1000 && counts.refused > 3000, JSON.stringify(counts));
});

test('as arguments, prompts and environment they reach a program byte by byte, through the wrapper and through tmux’s text', async () => {
  const words = passable();
  for (const one of strings) {
    const launch = commandAgent.launch({
      prompt: one,
      promptFile: one,
      workspace: one,
      dir: one,
      environment: {},
      command: ['a', '{prompt}', '--file={promptFile}'],
      script: null,
      model: one,
      permissions: 'ask',
    });
    assert.deepEqual(launch.argv, ['a', one, `--file=${one}`]);
  }
  const program = `const { AO_MARK, ...env } = process.env; require('fs').writeFileSync(1, JSON.stringify([process.argv.slice(1), env.ODD]))`;
  const argv = [process.execPath, '-e', program, '--', ...words];
  const odd = words.join('');
  const dir = path.join(directory, 'session');
  await mkdir(dir);
  const handle = await processRuntime.start({
    argv,
    env: { ODD: odd.slice(0, 100_000) },
    cwd: directory,
    dir,
    input: '',
    mark: 'hostile',
  });
  assert.equal((await processRuntime.wait(handle, AbortSignal.timeout(60_000))).state, 'exited');
  assert.deepEqual(JSON.parse(await readFile(path.join(dir, 'output.log'), 'utf8')), [
    words,
    odd.slice(0, 100_000),
  ]);

  const shell = spawn('/bin/sh', { stdio: ['pipe', 'pipe', 'inherit'] });
  shell.stdin.end(launchText({ argv, env: { ODD: odd.slice(0, 100_000) }, cwd: directory }));
  const [printed] = await Promise.all([text(shell.stdout), once(shell, 'close')]);
  assert.deepEqual(JSON.parse(printed), [words, odd.slice(0, 100_000)]);
});

test('as names and contents of files, and messages of commits, they are saved, compared, merged and checked out as they are', async (t) => {
  const repository = await makeRepository();
  const hub = await openHub({ gitDir: path.join(directory, 'hub.git'), userRepository: repository.path });
  t.after(() => repository.remove());
  const head = await hub.fetchTarget('main');
  assert.ok(head);
  const place = path.join(directory, 'workspace');
  const workspace = await cloneWorkspaces.make({ hub, path: place, branch: 'ao/hostile', commit: head });
  const all = [...new Set(passable().map(fileName))].filter(isFileName);
  const names = all.filter((_, index) => index < 80 || index % 4 === 0); // all of them take a minute on a busy disk
  assert.ok(names.length > 800, `${names.length} names`);
  await Promise.all(names.map((name) => writeFile(path.join(place, `d${name}`), name)));
  await writeFile(path.join(place, 'refused\\.git'), ''); // by git itself, and taken for nothing else
  const person = { name: strings[3] ?? '', email: 'x@example.com' };
  const message = `Fix ${passable().slice(0, 200).join('\n')}\n`;
  const spec = {
    workspace,
    name: 'hostile',
    author: person,
    committer: person,
    message,
    exclude: ['TASK.md'],
  };
  const { commit } = await cloneWorkspaces.capture(hub, spec);
  const wanted = names.map((name) => `d${name}`).toSorted();
  assert.deepEqual((await hub.changes(head, commit)).map((change) => change.path).toSorted(), wanted);
  assert.deepEqual((await hub.listFiles(commit)).filter((name) => name !== 'README.md').toSorted(), wanted);
  const [first = ''] = wanted;
  assert.equal(await hub.readFile(commit, first), first.slice(1));
  assert.equal(await hub.restorePaths(await hub.treeOf(commit), head, wanted), await hub.treeOf(head));
  assert.ok((await hub.messages(head, commit))[0]?.startsWith('Fix $(touch '));
  const { tree } = await hub.merge(head, commit);
  const checkout = path.join(directory, 'checkout');
  await hub.checkout(tree, checkout);
  const there = (await readdir(checkout)).filter((name) => name !== '.git' && name !== 'README.md');
  assert.deepEqual(there.toSorted(), wanted);
  await cloneWorkspaces.remove(hub, workspace);
});

/** A name that a file system takes. */
function fileName(one: string): string {
  return one.replaceAll('/', '∕');
}

/** Of a backslash and `.git` behind it git makes no file anywhere: on Windows it would lead into a git directory. */
function isFileName(name: string): boolean {
  return name !== '' && Buffer.byteLength(name) <= 250 && !/\\+\.git/.test(name);
}

test('as names of branches they move as they are, or git refuses them', async (t) => {
  const repository = await makeRepository();
  const hub = await openHub({
    gitDir: path.join(directory, 'branches.git'),
    userRepository: repository.path,
  });
  t.after(() => repository.remove());
  const head = await repository.head();
  const names = strings.slice(1, 80).filter((one) => one !== '' && !one.includes('\0')); // no setting takes those
  const taken: string[] = [];
  for (const [index, one] of names.entries()) {
    const update = run('git', ['update-ref', `refs/heads/${one}`, head], { cwd: repository.path });
    const made = await update.then(
      () => true,
      () => false,
    );
    if (made) taken.push(one);
    if (!made && index % 8 > 0) continue;
    const fetched = await hub.fetchTarget(one).catch((error: unknown) => {
      if (!(error instanceof AoError)) throw error;
      return null;
    });
    assert.equal(fetched, made ? head : null, JSON.stringify(one));
  }
  assert.ok(taken.length > 10, `git takes ${taken.join(' ')}`);
});
