import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { after, test } from 'node:test';
import { promisify } from 'node:util';
import {
  describeWorkspaces,
  setUpWorkspaces,
  type WorkspaceSetup,
} from '../../../test/contracts/workspaces.contract.ts';
import { digest } from '../../../test/support/repositories.ts';
import { cloneWorkspaces } from './clone.ts';

describeWorkspaces(cloneWorkspaces);

const rubbish: string[] = [];
after(() => Promise.all(rubbish.map((directory) => rm(directory, { recursive: true, force: true }))));

async function setUp(): Promise<WorkspaceSetup> {
  const setup = await setUpWorkspaces(cloneWorkspaces);
  rubbish.push(setup.user.path, path.dirname(setup.hub.gitDir));
  return setup;
}

test('making, working, capturing and removing changes no byte of the user’s repository', async () => {
  const { user, hub, make } = await setUp();
  const before = await digest(user.path);
  const made = await make();
  await made.agent.write({ 'a.txt': '2\n' });
  await made.agent.git('-c', 'user.name=x', '-c', 'user.email=x', 'commit', '--quiet', '--all', '-m', 'work');
  await made.capture();
  await cloneWorkspaces.remove(hub, made.workspace);
  assert.equal(await digest(user.path), before);
});

test('objects are borrowed, not copied, and our own files do not tempt an agent that adds everything', async () => {
  const { hub, make } = await setUp();
  const made = await make();
  const git = path.join(made.workspace.path, '.git');
  assert.equal(await readFile(path.join(git, 'objects/info/alternates'), 'utf8'), `${hub.gitDir}/objects\n`);
  assert.equal(await made.agent.git('count-objects'), '0 objects, 0 kilobytes');
  await made.agent.write({ 'TASK.md': 'task', '.ao/TASK.md': 'task' });
  assert.equal(await made.agent.git('status', '--porcelain'), '');
});

test('what an agent left without a commit of its own is captured without a fetch', async () => {
  const { hub, make } = await setUp();
  const made = await make();
  await made.agent.write({ 'a.txt': '2\n' });
  assert.deepEqual(await made.changed(await made.capture()), ['a.txt']);
  assert.deepEqual(await hub.listRefs('refs/ao/sessions/'), []);
});

for (const place of ['refs/heads/pipe', 'packed-refs', 'HEAD', 'objects/info/alternates']) {
  test(`a pipe at .git/${place} holds up nothing, and the files are captured`, async () => {
    const { make } = await setUp();
    const made = await make();
    await made.agent.write({ 'a.txt': '2\n' });
    const pipe = path.join(made.workspace.path, '.git', place);
    await rm(pipe, { force: true });
    await promisify(execFile)('mkfifo', [pipe]);
    assert.deepEqual(await made.changed(await made.capture()), ['a.txt']);
  });
}
