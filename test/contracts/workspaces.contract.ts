import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmod,
  lstat,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  unlink,
  writeFile,
} from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { openHub } from '../../src/adapters/git/hub.ts';
import { AoError } from '../../src/domain/errors.ts';
import type { WorkspaceRef } from '../../src/domain/task.ts';
import type { Hub } from '../../src/ports/git.ts';
import type { Capture, Workspaces } from '../../src/ports/workspace.ts';
import {
  digest,
  type Files,
  makeRepository,
  openRepository,
  type TestRepository,
  temporaryDirectory,
} from '../support/repositories.ts';

const agent = { name: 'Ann Agent', email: 'ann@example.com' };
const committer = { name: 'Ursula User', email: 'ursula@example.com' };

export interface WorkspaceSetup {
  user: TestRepository;
  hub: Hub;
  head: string;
  /** Where the workspace called `name` belongs. */
  place(name: string): string;
  make(name?: string): Promise<Made>;
}

interface Made {
  workspace: WorkspaceRef;
  /** Plain git there, as an agent runs it. */
  agent: TestRepository;
  capture(): Promise<Capture>;
  /** Paths that differ between the start and the capture. */
  changed(capture: Capture): Promise<string[]>;
  read(capture: Capture, file: string): Promise<string | null>;
}

/** What every kind of workspace promises. Call it in a test file of its own. */
export function describeWorkspaces(workspaces: Workspaces): void {
  const rubbish: string[] = [];
  after(() => Promise.all(rubbish.map((directory) => rm(directory, { recursive: true, force: true }))));

  const setUp = async (files?: Files): Promise<WorkspaceSetup> => {
    const setup = await setUpWorkspaces(workspaces, files);
    rubbish.push(setup.user.path, path.dirname(setup.hub.gitDir));
    return setup;
  };

  describe(`workspaces of kind ${workspaces.kind}`, () => {
    describeMaking(workspaces, setUp);
    describeCapture(setUp);
    describeDamage(setUp);
    describeOddFiles(setUp);
    describeRemoval(workspaces, setUp);
  });
}

export async function setUpWorkspaces(workspaces: Workspaces, files?: Files): Promise<WorkspaceSetup> {
  const user = await makeRepository({
    files: files ?? { 'a.txt': '1\n', 'dir/b.txt': '1\n', '.gitignore': '*.log\nbuild/\n' },
  });
  const directory = await temporaryDirectory();
  const hub = await openHub({ gitDir: path.join(directory, 'hub.git'), userRepository: user.path });
  const head = await hub.fetchTarget('main');
  assert.ok(head);
  const place = (name: string): string => {
    return path.join(workspaces.kind === 'clone' ? directory : path.join(user.path, '.worktrees'), name);
  };
  const make = async (name = 's-1'): Promise<Made> => {
    const workspace = await workspaces.make({ hub, path: place(name), branch: `ao/${name}`, commit: head });
    const repository = openRepository(workspace.path);
    const spec = {
      workspace,
      name,
      author: agent,
      committer,
      message: 'what was left\n',
      exclude: ['TASK.md', '.ao'],
    };
    return {
      workspace,
      agent: repository,
      capture: () => workspaces.capture(hub, spec),
      changed: async (capture) => {
        const changes = await hub.changes(head, capture.commit);
        return changes
          .flatMap(({ path: now, oldPath }) => (oldPath === null ? [now] : [oldPath, now]))
          .toSorted();
      },
      read: (capture, file) => hub.readFile(capture.commit, file),
    };
  };
  return { user, hub, head, place, make };
}

type SetUp = (files?: Files) => Promise<WorkspaceSetup>;

const identity = ['-c', 'user.name=Ann Agent', '-c', 'user.email=ann@example.com'];

async function commitAsAgent(made: Made, files: Files, ...options: string[]): Promise<string> {
  await made.agent.write(files);
  await made.agent.git('add', '--all');
  await made.agent.git(...identity, 'commit', '--quiet', '--allow-empty', '-m', 'work', ...options);
  return made.agent.head();
}

function describeMaking(workspaces: Workspaces, setUp: SetUp): void {
  test('a workspace is a clean checkout of the commit on a branch of its own, with no remote of ours', async () => {
    const { make, head, user } = await setUp();
    const { workspace, agent: repository } = await make('fix-1');
    assert.deepEqual(
      [workspace.kind, workspace.branch, workspace.start],
      [workspaces.kind, 'ao/fix-1', head],
    );
    assert.equal(await repository.git('symbolic-ref', '--short', 'HEAD'), 'ao/fix-1');
    assert.equal(await repository.head(), head);
    assert.equal(await repository.git('status', '--porcelain'), '');
    assert.equal(await readFile(path.join(workspace.path, 'dir/b.txt'), 'utf8'), '1\n');
    assert.equal(await repository.git('remote'), '');
    assert.equal(await user.git('status', '--porcelain'), '');
  });

  test('what is there already is left alone, and a failure leaves nothing behind', async () => {
    const { hub, head, place, user } = await setUp();
    await mkdir(place('taken'), { recursive: true });
    const make = (name: string, commit: string) =>
      workspaces.make({ hub, path: place(name), branch: `ao/${name}`, commit });
    await assert.rejects(make('taken', head), AoError);
    assert.deepEqual(await readdir(place('taken')), []);
    const before = await digest(user.path, (name) => name.startsWith('.git/objects/'));
    await assert.rejects(make('broken', 'f'.repeat(40)), AoError);
    await assert.rejects(readdir(place('broken')));
    assert.equal(await digest(user.path, (name) => name.startsWith('.git/objects/')), before);
    await assert.rejects(make('../../escape', head));
  });

  test('sixteen at once are all made, and all removed', async () => {
    const { make, hub, place, user } = await setUp();
    const names = Array.from({ length: 16 }, (_, index) => `many-${index}`);
    const made = await Promise.all(names.map(make));
    for (const { agent: repository } of made) assert.equal(await repository.git('status', '--porcelain'), '');
    await Promise.all(made.map((one) => commitAsAgent(one, { 'a.txt': one.workspace.branch })));
    const captures = await Promise.all(made.map((one) => one.capture()));
    assert.equal(new Set(captures.map(({ commit }) => commit)).size, 16);
    await Promise.all(made.map(({ workspace }) => workspaces.remove(hub, workspace)));
    assert.deepEqual(
      (await readdir(path.dirname(place('x'))).catch(() => [])).filter((name) => name.startsWith('many')),
      [],
    );
    assert.equal(await user.git('for-each-ref', '--format=%(refname)'), 'refs/heads/main');
    assert.equal((await user.git('worktree', 'list')).split('\n').length, 1);
  });
}

function describeCapture(setUp: SetUp): void {
  test('nothing done is nothing captured', async () => {
    const { make, head, hub } = await setUp();
    const made = await make();
    await made.agent.write({ 'TASK.md': 'our task', '.ao/x.json': '{}', 'debug.log': 'ignored' });
    const capture = await made.capture();
    assert.deepEqual(capture, { commit: head, tree: await hub.treeOf(head), uncommitted: false });
    assert.equal(await hub.readRef('refs/ao/rescue/s-1'), head);
  });

  test('committed work is captured as the very commit of the agent', async () => {
    const { make, hub } = await setUp();
    const made = await make();
    const commit = await commitAsAgent(made, { 'a.txt': '2\n' });
    assert.deepEqual(await made.capture(), { commit, tree: await hub.treeOf(commit), uncommitted: false });
    assert.equal(await hub.readRef('refs/ao/sessions/s-1'), commit);
  });

  test('uncommitted work comes on top in the name of the agent, ignored and our own files left out', async () => {
    const { make, hub, head } = await setUp();
    const made = await make();
    const own = await commitAsAgent(made, { 'a.txt': '2\n' });
    await made.agent.write({
      'a.txt': '3\n',
      'dir/b.txt': null,
      'staged.txt': '1\n',
      'new dir/c.txt': '1\n',
      'debug.log': 'ignored',
      'build/out.txt': 'ignored',
      'TASK.md': 'our task',
      '.ao/findings.json': '{}',
    });
    await made.agent.git('add', 'staged.txt');
    await symlink('/etc/passwd', path.join(made.workspace.path, 'link'));
    const capture = await made.capture();
    assert.equal(capture.uncommitted, true);
    assert.deepEqual(await made.changed(capture), [
      'a.txt',
      'dir/b.txt',
      'link',
      'new dir/c.txt',
      'staged.txt',
    ]);
    assert.equal(await made.read(capture, 'a.txt'), '3\n');
    assert.equal(
      (await hub.changes(head, capture.commit)).find((one) => one.path === 'link')?.mode,
      '120000',
    );
    const people = await openRepository(hub.gitDir).git(
      'log',
      '-1',
      '--format=%an %ae %cn %P',
      capture.commit,
    );
    assert.equal(people, `Ann Agent ann@example.com Ursula User ${own}`);
    assert.equal(await hub.readRef('refs/ao/rescue/s-1'), capture.commit);
  });

  test('our own files are taken out of what the agent committed, but not what the project had', async () => {
    const { make } = await setUp({ 'a.txt': '1\n', '.ao/config.yaml': 'a: 1\n' });
    const made = await make();
    await made.agent.write({
      'TASK.md': 'our task',
      '.ao/TASK.md': 'x',
      '.ao/config.yaml': 'a: 2\n',
      'a.txt': '2\n',
    });
    await made.agent.git('add', '--all', '--force');
    await made.agent.git(...identity, 'commit', '--quiet', '-m', 'everything');
    const capture = await made.capture();
    assert.deepEqual(await made.changed(capture), ['.ao/config.yaml', 'a.txt']);
    assert.equal(capture.uncommitted, false);
  });

  test('an agent that switched branches or detached its head is followed, and its other commits are saved', async () => {
    const { make, hub, user } = await setUp();
    const made = await make();
    const first = await commitAsAgent(made, { 'first.txt': '1\n' });
    await made.agent.git('switch', '--quiet', '--create', 'my-idea', 'HEAD~1');
    const second = await commitAsAgent(made, { 'second.txt': '1\n' });
    await made.agent.write({ 'a.txt': 'uncommitted\n' });
    const capture = await made.capture();
    assert.deepEqual(await made.changed(capture), ['a.txt', 'second.txt']);
    assert.equal(await hub.isAncestor(second, capture.commit), true);
    const holder = made.workspace.kind === 'clone' ? openRepository(hub.gitDir) : user;
    assert.notEqual(
      await holder.git('for-each-ref', `--contains=${first}`),
      '',
      'the commit of the left branch is lost',
    );
    await made.agent.git('stash', '--quiet');
    await made.agent.git('switch', '--quiet', '--detach');
    assert.deepEqual(await made.changed(await made.capture()), ['second.txt']);
    assert.equal(
      await holder
        .git('show', 'refs/ao/rescue/s-1.others/stash:a.txt')
        .catch(() => holder.git('show', 'stash:a.txt')),
      'uncommitted',
    );
  });

  test('an agent in the middle of a merge or a rebase is captured as its files are', async () => {
    const { make } = await setUp();
    const made = await make();
    await commitAsAgent(made, { 'a.txt': 'mine\n' });
    await made.agent.git('switch', '--quiet', '--create', 'other', 'HEAD~1');
    await commitAsAgent(made, { 'a.txt': 'other\n' });
    await assert.rejects(made.agent.git(...identity, 'merge', 'ao/s-1'));
    assert.match((await made.read(await made.capture(), 'a.txt')) ?? '', /<<<<<<<[^]*>>>>>>>/);
    await made.agent.git('merge', '--abort');
    await assert.rejects(made.agent.git(...identity, 'rebase', 'ao/s-1'));
    assert.match((await made.read(await made.capture(), 'a.txt')) ?? '', /<<<<<<<[^]*>>>>>>>/);
  });

  test('history that no longer contains the start is put back on it with the files as they are', async () => {
    const { make, hub, head } = await setUp();
    const made = await make();
    await made.agent.git('switch', '--quiet', '--orphan', 'fresh');
    await commitAsAgent(made, { 'only.txt': '1\n' });
    const capture = await made.capture();
    assert.deepEqual(await made.changed(capture), ['.gitignore', 'a.txt', 'dir/b.txt', 'only.txt']);
    assert.equal(await openRepository(hub.gitDir).git('log', '-1', '--format=%P', capture.commit), head);
    await made.agent.git('switch', '--quiet', '--orphan', 'unborn');
    await made.agent.write({ 'unborn.txt': '1\n' });
    assert.equal(await hub.isAncestor(head, (await made.capture()).commit), true);
  });

  test('the work stays saved after the workspace has gone', async () => {
    const { make } = await setUp();
    const made = await make();
    await made.agent.write({ 'a.txt': '2\n' });
    const { commit } = await made.capture();
    await rm(made.workspace.path, { recursive: true });
    assert.equal((await made.capture()).commit, commit);
  });

  test('two captures at once give the same tree', async () => {
    const { make } = await setUp();
    const made = await make();
    await made.agent.write({ 'a.txt': '2\n' });
    const [one, two] = await Promise.all([made.capture(), made.capture()]);
    assert.equal(one.tree, two.tree);
    assert.deepEqual(await made.changed(one), ['a.txt']);
  });
}

function describeDamage(setUp: SetUp): void {
  const damages: [what: string, damage: (made: Made, elsewhere: TestRepository) => Promise<unknown>][] = [
    ['deleted its .git', ({ workspace }) => rm(path.join(workspace.path, '.git'), { recursive: true })],
    [
      'made its .git a file that leads elsewhere',
      async ({ workspace }, elsewhere) => {
        await rm(path.join(workspace.path, '.git'), { recursive: true });
        await writeFile(path.join(workspace.path, '.git'), `gitdir: ${elsewhere.path}/.git\n`);
      },
    ],
    [
      'made its .git a link that leads elsewhere',
      async ({ workspace }, elsewhere) => {
        await rm(path.join(workspace.path, '.git'), { recursive: true });
        await symlink(path.join(elsewhere.path, '.git'), path.join(workspace.path, '.git'));
      },
    ],
    [
      'made its .git a pipe',
      async ({ workspace }) => {
        await rm(path.join(workspace.path, '.git'), { recursive: true });
        await makePipe(path.join(workspace.path, '.git'));
      },
    ],
    [
      'left an index.lock',
      async ({ agent: repository }) =>
        writeFile(
          await repository
            .git('rev-parse', '--git-path', 'index.lock')
            .then((file) => path.resolve(repository.path, file)),
          '',
        ),
    ],
    [
      'broke its index',
      async ({ agent: repository }) =>
        writeFile(
          await repository
            .git('rev-parse', '--git-path', 'index')
            .then((file) => path.resolve(repository.path, file)),
          'rubbish',
        ),
    ],
    [
      'broke its HEAD',
      async ({ agent: repository }) =>
        writeFile(
          await repository
            .git('rev-parse', '--git-path', 'HEAD')
            .then((file) => path.resolve(repository.path, file)),
          'rubbish',
        ),
    ],
  ];
  for (const [what, damage] of damages) {
    test(`the files are captured when the agent ${what}`, async () => {
      const { make, hub, head } = await setUp();
      const elsewhere = await makeRepository({ files: { 'secret.txt': 'of another project\n' } });
      try {
        const made = await make();
        await commitAsAgent(made, { 'a.txt': '2\n' });
        await made.agent.write({ 'new.txt': '1\n' });
        await damage(made, elsewhere);
        const capture = await made.capture();
        assert.deepEqual(await made.changed(capture), ['a.txt', 'new.txt']);
        assert.equal(await hub.isAncestor(head, capture.commit), true);
        assert.equal(capture.uncommitted, true);
      } finally {
        await elsewhere.remove();
      }
    });
  }

  test('a workspace that the agent replaced by a link is not followed', async () => {
    const { make, user, head } = await setUp();
    const made = await make();
    const elsewhere = await makeRepository({ files: { 'secret.txt': 'of another project\n' } });
    try {
      await rename(made.workspace.path, `${made.workspace.path}-moved`);
      await symlink(elsewhere.path, made.workspace.path);
      assert.deepEqual((await made.capture()).commit, head);
      await rm(`${made.workspace.path}-moved`, { recursive: true });
    } finally {
      await elsewhere.remove();
      await unlink(made.workspace.path);
    }
    assert.equal(await user.git('status', '--porcelain'), '');
  });
}

function describeOddFiles(setUp: SetUp): void {
  test('repositories inside the workspace are taken as files, committed there or not', async () => {
    const { make, hub } = await setUp();
    const made = await make();
    const nest = async (name: string): Promise<TestRepository> => {
      await mkdir(path.join(made.workspace.path, name), { recursive: true });
      const nested = openRepository(path.join(made.workspace.path, name));
      await nested.git('init', '--quiet');
      return nested;
    };
    const committed = await nest('vendor/lib');
    await committed.write({ 'h.txt': 'h\n' });
    await committed.git('add', '--all');
    await committed.git(...identity, 'commit', '--quiet', '-m', 'nested');
    await made.agent.git('add', '--all');
    await made.agent.git(...identity, 'commit', '--quiet', '-m', 'with a gitlink');
    const empty = await nest('empty');
    await empty.write({ 'f.txt': 'f\n', 'deep/g.txt': 'g\n', 'debug.log': 'ignored', 'build/x': 'ignored' });
    await (await nest('empty/inner')).write({ 'i.txt': '1\n' });
    const capture = await made.capture();
    assert.deepEqual(await made.changed(capture), [
      'empty/deep/g.txt',
      'empty/f.txt',
      'empty/inner/i.txt',
      'vendor/lib/h.txt',
    ]);
    assert.deepEqual(
      (await hub.listFiles(capture.commit)).filter((name) => name.includes('.git/')),
      [],
    );
  });

  test('files with any name are captured: newline, quotes, emoji, bytes that are no text', async () => {
    const { make } = await setUp();
    const made = await make();
    const names = [
      'new\nline',
      'quote"\'s',
      '\u{1f600} emoji',
      ' space ',
      '-dash',
      ':(top)magic',
      '*',
      'tab\t',
      'back\\slash',
    ];
    await made.agent.write(Object.fromEntries(names.map((name) => [name, `${name}\n`])));
    await writeFile(Buffer.concat([Buffer.from(`${made.workspace.path}/latin`), Buffer.from([0xe9])]), 'x\n');
    const capture = await made.capture();
    assert.deepEqual(await made.changed(capture), [...names, 'latin\udce9'].toSorted());
    assert.equal(await made.read(capture, 'new\nline'), 'new\nline\n');
    assert.equal(await made.read(capture, 'latin\udce9'), 'x\n');
  });

  test('pipes and sockets are skipped, and a tracked file that became one is gone', async () => {
    const { make } = await setUp();
    const made = await make();
    await makePipe(path.join(made.workspace.path, 'pipe'));
    await rm(path.join(made.workspace.path, 'a.txt'));
    await makePipe(path.join(made.workspace.path, 'a.txt'));
    const server = createServer();
    const socket = path.relative(process.cwd(), path.join(made.workspace.path, 'socket'));
    await new Promise<void>((resolve) => server.listen(socket, resolve));
    try {
      await made.agent.write({ 'new.txt': '1\n' });
      assert.deepEqual(await made.changed(await made.capture()), ['a.txt', 'new.txt']);
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  });

  test('a file in the place of a directory, a directory or a link in the place of a file', async () => {
    const { make } = await setUp({
      'a.txt': '1\n',
      'dir/b.txt': '1\n',
      'other/c.txt': '1\n',
      'sub/d.txt': '1\n',
    });
    const made = await make();
    await made.agent.write({ 'a.txt': null, dir: null, other: null, sub: null });
    await made.agent.write({ 'a.txt/inner.txt': '1\n', dir: 'a file\n' });
    await symlink('a.txt', path.join(made.workspace.path, 'other'));
    await mkdir(path.join(made.workspace.path, 'sub'));
    const capture = await made.capture();
    assert.deepEqual(await made.changed(capture), [
      'a.txt',
      'a.txt/inner.txt',
      'dir',
      'dir/b.txt',
      'other',
      'other/c.txt',
      'sub/d.txt',
    ]);
  });

  test('one file that git cannot take costs none of the others', async () => {
    const { make, hub } = await setUp();
    const made = await make();
    await made.agent.write({
      '.gitattributes': 'odd.txt working-tree-encoding=UTF-16\n',
      'odd.txt': 'not UTF-16',
      'new.txt': '1\n',
    });
    await made.agent.write({ '.GIT/config': 'no such name', 'z.txt': '1\n' });
    await chmod(path.join(made.workspace.path, 'new.txt'), 0o000);
    const capture = await made.capture();
    assert.deepEqual(await made.changed(capture), ['.gitattributes', 'new.txt', 'odd.txt', 'z.txt']);
    assert.equal(await hub.readFile(capture.commit, 'odd.txt'), 'not UTF-16');
  });

  test('a file that Git LFS fetched is no change, one that differs from its pointer is', async () => {
    const pointer = (content: string): string => {
      const oid = createHash('sha256').update(content).digest('hex');
      return `version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\nsize ${content.length}\n`;
    };
    const { make } = await setUp({
      '.gitattributes': '*.bin filter=lfs diff=lfs merge=lfs -text\n',
      'same.bin': pointer('content of the first'),
      'other.bin': pointer('content of the second'),
      'unfetched.bin': pointer('content of the third'),
      'no pointer.bin': 'committed as it is',
    });
    const made = await make();
    await made.agent.write({ 'same.bin': 'content of the first', 'other.bin': 'content of the 2nd' });
    const capture = await made.capture();
    assert.deepEqual(await made.changed(capture), ['other.bin']);
    assert.equal(await made.read(capture, 'other.bin'), 'content of the 2nd');
  });

  test('a file of 100 MB is kept', async () => {
    const { make, hub } = await setUp();
    const made = await make();
    await made.agent.write({ 'big.bin': Buffer.alloc(100 << 20) });
    const capture = await made.capture();
    const size = await openRepository(hub.gitDir).git('cat-file', '-s', `${capture.commit}:big.bin`);
    assert.equal(Number(size), 100 << 20);
  });
}

function describeRemoval(workspaces: Workspaces, setUp: SetUp): void {
  test('removing takes away everything that was made, read-only parts too, and doing it again is no error', async () => {
    const { make, hub, user } = await setUp();
    const made = await make();
    await commitAsAgent(made, { 'a.txt': '2\n', 'locked/x.txt': '1\n' });
    await chmod(path.join(made.workspace.path, 'locked'), 0o500);
    await made.capture();
    const before = await user.git('for-each-ref', 'refs/heads/main', 'refs/tags');
    await workspaces.remove(hub, made.workspace);
    await workspaces.remove(hub, made.workspace);
    await assert.rejects(lstat(made.workspace.path));
    assert.equal(await user.git('for-each-ref'), before);
    assert.equal(await user.git('status', '--porcelain'), '');
  });

  test('a directory that was not made here is not removed, nor is anything through a link', async () => {
    const { hub, head, place, make } = await setUp();
    const foreign: WorkspaceRef = {
      kind: workspaces.kind,
      path: place('foreign'),
      branch: 'ao/foreign',
      start: head,
    };
    await mkdir(foreign.path, { recursive: true });
    await writeFile(path.join(foreign.path, 'mine.txt'), 'mine');
    await assert.rejects(workspaces.remove(hub, foreign), AoError);
    assert.deepEqual(await readdir(foreign.path), ['mine.txt']);
    const made = await make('linked');
    await rm(made.workspace.path, { recursive: true });
    await symlink(foreign.path, made.workspace.path);
    await workspaces.remove(hub, made.workspace);
    assert.deepEqual(await readdir(foreign.path), ['mine.txt']);
    await assert.rejects(lstat(made.workspace.path));
  });
}

async function makePipe(file: string): Promise<void> {
  await promisify(execFile)('mkfifo', [file]);
}
