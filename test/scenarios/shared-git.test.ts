// With --workspace worktree an agent shares the user's git directory: what it leaves there must not come into a landing.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeRepository } from '../support/repositories.ts';
import { fix, openBench, request, script } from './support/engine.ts';
import { honestFix, redModules } from './support/modules.ts';

const common = '../../.git';

/** What an agent runs in its worktree beside its honest work, and what is said of it. */
const meddling: Record<string, { run: string[]; said: RegExp }> = {
  'a hook': {
    run: ['sh', '-c', `echo 'touch canary' > ${common}/hooks/post-merge`],
    said: /hooks\/post-merge is new/,
  },
  'a replaced commit': {
    run: ['git', 'replace', 'HEAD^{tree}', 'HEAD:test'],
    said: /refs\/replace\/\w+ is new/,
  },
  'a cut history': { run: ['sh', '-c', `git rev-parse HEAD > ${common}/shallow`], said: /shallow is new/ },
  'a program in a submodule': {
    run: [
      'sh',
      '-c',
      `mkdir -p ${common}/modules/a/b/objects ${common}/modules/a/b/refs; cd ${common}/modules/a/b; echo 'ref: refs/heads/x' > HEAD; printf '[core]\\n\\tfsmonitor = touch canary\\n' > config`,
    ],
    said: /modules\/a\/b\/config is new/,
  },
  'a repository that git refuses': {
    run: ['git', 'config', 'core.repositoryFormatVersion', '99'],
    said: /repo version <= 1, found 99/,
  },
};

test('a landing stops at what an agent left in the shared git directory, and says what that is', async (t) => {
  const bench = await openBench(t);
  const reports = Object.entries(meddling).map(async ([what, { run, said }]) => {
    const repository = await makeRepository({ files: redModules(['bad']) });
    t.after(() => repository.remove());
    const before = await repository.head();
    const rules = [{ match: { finding: 'bad' }, steps: [honestFix('bad', 1), { run }] }];
    const agentScript = await script(bench, { rules });
    const report = await fix(bench, request(repository, { agentScript, workspace: 'worktree' }));
    assert.equal(report.ok, false, what);
    const told = report.target.held ?? report.remaining[0]?.reason ?? '';
    assert.match(told, said, `${what}: ${JSON.stringify(report, null, 1)}`);
    await repository.git('config', '--file', '.git/config', 'core.repositoryFormatVersion', '0');
    assert.equal(await repository.head('main'), before, what);
  });
  await Promise.all(reports);
});
