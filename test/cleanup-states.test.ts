import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { access, chmod, chown, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { cloneWorkspaces } from '../src/adapters/workspaces/clone.ts';
import { setUpWorkspaces } from './contracts/workspaces.contract.ts';
import { fix, openBench, request } from './scenarios/support/engine.ts';
import {
  makeRepository,
  openRepository,
  temporaryDirectory,
  type TestRepository,
} from './support/repositories.ts';

interface State {
  /** Shell text that leaves a workspace in this state. */
  leave: string;
  /** What has to be found afterwards, by its path. */
  holds: Record<string, string>;
  /** Content of files at commits that the head does not lead to. */
  beside?: string[];
}

const commit = 'git -c user.name=Ann -c user.email=ann@example.com commit --quiet --message work';

const states: Record<string, State> = {
  dirty: {
    leave: 'echo 2 >base.txt; echo n >new.txt; git add new.txt',
    holds: { 'base.txt': '2', 'new.txt': 'n' },
  },
  unpushed: { leave: `echo 3 >base.txt; ${commit} --all`, holds: { 'base.txt': '3' } },
  detached: {
    leave: `echo left >base.txt; ${commit} --all; git checkout --quiet --detach HEAD~1; echo 4 >base.txt; ${commit} --all`,
    holds: { 'base.txt': '4' },
    beside: ['left'],
  },
  rebasing: {
    leave: `git branch one; echo mine >base.txt; ${commit} --all; git switch --quiet one; echo theirs >base.txt
      ${commit} --all; git -c user.name=A -c user.email=a@b rebase --quiet -; echo more >more.txt`,
    holds: { 'more.txt': 'more' },
    beside: ['mine', 'theirs'],
  },
  stashed: {
    leave: `echo first >base.txt; git -c user.name=A -c user.email=a@b stash --quiet; echo second >base.txt
      git -c user.name=A -c user.email=a@b stash --quiet`,
    holds: {},
    beside: ['first', 'second'],
  },
  submodule: {
    leave:
      'git -c protocol.file.allow=always submodule --quiet update --init; echo 5 >module/inner.txt; echo w >module/w.txt',
    holds: { 'module/inner.txt': '5', 'module/w.txt': 'w' },
  },
  large: {
    leave:
      'git lfs install --local >/dev/null; echo big >a.bin; git add a.bin; echo bigger >a.bin; echo b >b.bin',
    holds: { 'a.bin': 'bigger', 'b.bin': 'b' },
  },
  locked: {
    leave: `touch "$(git rev-parse --git-dir)/index.lock"; git worktree lock . 2>/dev/null; mkdir shut; echo 6 >shut/f.txt
      chmod 500 shut; chmod 400 shut/f.txt`,
    holds: { 'shut/f.txt': '6' },
  },
  symlinked: {
    leave:
      'ln -s "$OUTSIDE" way-out; ln -s /nowhere dangling; rm base.txt; ln -s "$OUTSIDE/theirs.txt" base.txt; echo 7 >way-out/../seven.txt || :',
    holds: { 'way-out': '<outside>', dangling: '/nowhere', 'base.txt': '<outside>/theirs.txt' },
  },
  nested: {
    leave: `mkdir lib; cd lib; git init --quiet; echo 8 >l.txt; git add l.txt; ${commit}; echo 9 >l.txt; echo x >x.txt`,
    holds: { 'lib/l.txt': '9', 'lib/x.txt': 'x' },
  },
  unreadable: {
    leave:
      'mkdir -p shut/in; echo 10 >shut/in/f.txt; echo 11 >g.txt; echo 12 >sub/s.txt; chmod 0 shut/in shut g.txt sub',
    holds: { 'shut/in/f.txt': '10', 'g.txt': '11', 'sub/s.txt': '12' },
  },
  huge: {
    leave:
      'truncate -s 40M zeros.bin; mkdir many; i=0; while [ $((i += 1)) -le 300 ]; do echo $i >many/$i.txt; done',
    holds: { 'many/1.txt': '1', 'many/300.txt': '300' },
  },
  gone: { leave: `echo 13 >base.txt; ${commit} --all; cd /; rm -rf "$WORKSPACE"`, holds: {} },
};

const names = Object.keys(states);
const nobody = { uid: 65534, gid: 65534 };
const run = promisify(execFile);

/** Nothing is unreadable to root, so that the states are tried as somebody else where we may be somebody else. */
if (process.getuid?.() === 0 && (await canBeNobody())) {
  test('as an ordinary user', async (t) => {
    const home = await temporaryDirectory();
    t.after(() => rm(home, { recursive: true, force: true }));
    await chmod(home, 0o777);
    const { NODE_TEST_CONTEXT: _, ...rest } = process.env;
    const env = { ...rest, HOME: home, TMPDIR: home };
    await run(process.execPath, [import.meta.filename], {
      ...nobody,
      env,
      cwd: home,
      timeout: 400_000,
    }).catch((error: { stdout: string }) => assert.fail(error.stdout));
  });
} else {
  for (const kind of ['clone', 'worktree'] as const) tryStates(kind);
}

test('a workspace stays as long as it holds what belongs to another user and cannot be read', {
  skip: process.getuid?.() === 0 ? false : 'only root can give a file away',
}, async (t) => {
  const { user, hub, make, head } = await setUpWorkspaces(cloneWorkspaces);
  t.after(() => rm(path.dirname(hub.gitDir), { recursive: true }).then(() => user.remove()));
  const { workspace, agent } = await make();
  await agent.write({ 'theirs.txt': 'theirs\n', 'a.txt': 'ours\n' });
  const theirs = path.join(workspace.path, 'theirs.txt');
  await chown(theirs, nobody.uid, nobody.gid);
  await chmod(theirs, 0o600);
  const person = { name: 'Ann', email: 'ann@example.com' };
  const spec = { workspace, name: 's', author: person, committer: person, message: 'left\n', exclude: [] };
  const captureAndRemove = `
    const { openHub } = await import(${JSON.stringify(import.meta.resolve('../src/adapters/git/hub.ts'))});
    const { cloneWorkspaces } = await import(${JSON.stringify(import.meta.resolve('../src/adapters/workspaces/clone.ts'))});
    const hub = await openHub(${JSON.stringify({ gitDir: hub.gitDir, userRepository: user.path })});
    await cloneWorkspaces.capture(hub, ${JSON.stringify(spec)});
    await cloneWorkspaces.remove(hub, ${JSON.stringify(workspace)}).catch((error) => console.log(error.message));`;
  const node = [process.execPath, '--input-type=module', '-e', captureAndRemove];
  const { stdout } = await run('setpriv', ['--bounding-set=-all', '--inh-caps=-all', ...node]);
  assert.match(stdout, /belongs to another user, could not be read and so was not saved: theirs\.txt/);
  await access(theirs);
  const saved = (await hub.changes(head, 'refs/ao/rescue/s')).map((change) => change.path);
  assert.deepEqual(saved, ['a.txt']);
  await rm(theirs);
  await cloneWorkspaces.capture(hub, spec);
  await cloneWorkspaces.remove(hub, workspace);
  await assert.rejects(access(workspace.path));
});

async function canBeNobody(): Promise<boolean> {
  const tried = run(process.execPath, ['--check', import.meta.filename], { ...nobody, cwd: '/' });
  return tried.then(
    () => true,
    () => false,
  );
}

function tryStates(kind: 'clone' | 'worktree'): void {
  test(`No unsaved work is ever lost (${kind}): in every state it is saved as it was, and the workspace cleaned`, async (t) => {
    const bench = await openBench(t);
    const outside = path.join(bench.home, 'outside');
    const repository = await makeProject(t);
    await mkdir(outside);
    await writeFile(path.join(outside, 'theirs.txt'), 'theirs\n');
    const cases = names.map((name) => `state-${name}) ${states[name]?.leave};;`).join('\n');
    const script = `OUTSIDE='${outside}' WORKSPACE=$PWD\ncase $(grep -o 'state-[a-z]*' "$AO_FINDINGS_FILE" | head -1) in\n${cases}\nesac\n`;
    await writeFile(path.join(bench.home, 'agent.sh'), script);
    const agentCommand = ['/bin/sh', path.join(bench.home, 'agent.sh')];
    const checks = [{ name: 'test', command: 'sh check.sh', timeoutMs: 60_000 }];
    const more = {
      setup: ':',
      agent: 'command',
      agentCommand,
      checks,
      maxAttempts: 1,
      group: 'finding',
      workspace: kind,
    } as const;
    const report = await fix(bench, request(repository, { ...more, concurrency: 8 }));
    assert.equal(report.tasks.length, names.length, `${report.reason}\n${bench.log.join('\n')}`);

    const [project = ''] = await readdir(path.join(bench.home, 'projects'));
    const hub = openRepository(path.join(bench.home, 'projects', project, 'hub.git'));
    const workspaces: string[] = [];
    // What an agent commits in a worktree to other branches, or stashes, is in the user's repository and stays there.
    const beside = kind === 'worktree' ? await linesOf(repository, ['refs/heads']) : new Set<string>();
    for (const { id, title } of report.tasks) {
      const { id: session, workspace } = await bench.engine.session(id);
      const name = /state-([a-z]+)/.exec(title)?.[1] ?? '';
      workspaces.push(workspace);
      const saved = new Set([...(await savedIn(hub, session)), ...beside]);
      for (const [file, content] of Object.entries(states[name]?.holds ?? {})) {
        const wanted = content.replace('<outside>', outside);
        assert.ok(
          saved.has(`${file}: ${wanted}`),
          `${name}: ${file} is lost: ${[...saved].slice(0, 20).join('\n')}`,
        );
      }
      for (const content of states[name]?.beside ?? []) {
        assert.ok(
          saved.has(`base.txt: ${content}`),
          `${name}: "${content}" is lost: ${[...saved].join('\n')}`,
        );
      }
    }

    const cleaned = await bench.engine.clean({ olderThanMs: 0, dryRun: false });
    assert.deepEqual(cleaned.kept, []);
    for (const workspace of workspaces) await assert.rejects(access(workspace), workspace);
    assert.deepEqual(await readdir(outside), ['theirs.txt']);
    assert.equal(await repository.git('status', '--porcelain'), '');
  });
}

/** A project whose check fails once for each state, with a submodule, files of Git LFS and a folder. */
async function makeProject(t: { after(undo: () => Promise<void>): void }) {
  const inner = await makeRepository({ files: { 'inner.txt': '1\n' } });
  const lines = names.map((name, index) => `not ok ${index + 1} - state-${name}`);
  const repository = await makeRepository({
    files: {
      'base.txt': '1\n',
      'sub/s.txt': '1\n',
      '.gitattributes': '*.bin filter=lfs diff=lfs merge=lfs -text\n',
      'check.sh': `echo '${['TAP version 13', ...lines, `1..${names.length}`].join('\n')}'\nexit 1\n`,
    },
  });
  t.after(async () => {
    await inner.remove();
    await repository.remove();
  });
  await repository.git(
    '-c',
    'protocol.file.allow=always',
    'submodule',
    '--quiet',
    'add',
    inner.path,
    'module',
  );
  await repository.commit({});
  return repository;
}

/** `path: first line` of every file of every commit that was saved for a session. */
function savedIn(hub: TestRepository, session: string): Promise<Set<string>> {
  const name = `refs/ao/rescue/${session}`;
  return linesOf(hub, [name, `${name}.*`, `${name}.*/**`]);
}

const firstLines = new Map<string, string>();

async function linesOf(repository: TestRepository, patterns: string[]): Promise<Set<string>> {
  const found = new Set<string>();
  const refs = await repository.git('for-each-ref', '--format=%(refname)', ...patterns);
  const stashes = await repository.git('stash', 'list', '--format=%H').catch(() => '');
  for (const ref of [...refs.split('\n'), ...stashes.split('\n')].filter(Boolean)) {
    const tree = await repository.git('ls-tree', '-r', '-z', ref);
    const prefix = ref.includes('.submodules/') ? 'module/' : '';
    for (const entry of tree.split('\0').filter(Boolean)) {
      const [, object = '', name = ''] = /^\d+ blob (\w+)\t(.*)$/s.exec(entry) ?? [];
      if (object === '' || name.endsWith('zeros.bin')) continue;
      if (/^many\/(?!1\.txt|300\.txt)/.test(name)) continue;
      const line =
        firstLines.get(object) ?? (await repository.git('cat-file', 'blob', object)).split('\n')[0] ?? '';
      firstLines.set(object, line);
      found.add(`${prefix}${name}: ${line}`);
    }
  }
  return found;
}
