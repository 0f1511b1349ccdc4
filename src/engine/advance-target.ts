import type { Run } from '../domain/run.ts';
import type { RunContext } from './context.ts';
import { patchRun } from './patch-run.ts';

/**
 * moved: the user's branch is at `commit`. held: the user's checkout refuses, the commit waits at `refs/ao/landed/<run>`.
 * adopted: somebody else moved the branch; the run's head is theirs now and has to be checked.
 */
export type Settled = 'moved' | 'held' | 'adopted';

/** Brings the user's branch to `commit` by compare-and-swap from where it was last seen; safe to repeat. */
export async function advanceTarget(context: RunContext, commit: string): Promise<Settled> {
  const { target, branch } = context;
  const run = await context.store.get('run', context.run);
  if (run === null) throw new Error(`run ${context.run} is gone`);
  const current = await target.head(branch);
  if (current === commit) return followed(context, commit);
  const meddling = await sharedGitChanged(context, run);
  if (meddling !== null) return hold(context, commit, meddling);
  const result =
    current === run.target
      ? await target.advance(branch, run.target, commit)
      : ({ kind: 'raced', actual: current } as const);
  switch (result.kind) {
    case 'moved':
      return followed(context, commit);
    case 'refused':
      return hold(context, commit, result.detail);
    case 'raced': {
      if (result.actual === commit) return followed(context, commit);
      if (run.held !== null || result.actual === null) {
        return hold(context, commit, `${branch} is at ${result.actual?.slice(0, 10) ?? 'no commit'} now`);
      }
      return adopt(context, run.head);
    }
  }
}

/** What agents share with the user's repository must be as it was at the start: git would run it at a landing. */
async function sharedGitChanged(context: RunContext, run: Run): Promise<string | null> {
  if (run.shared === null) return null;
  const workspaces = context.workspaces[context.options.workspace];
  const now = await workspaces.fingerprint(context.path);
  return now === null ? null : workspaces.difference(run.shared, now);
}

async function followed(context: RunContext, commit: string): Promise<Settled> {
  await patchRun(context, (run) =>
    run.target === commit && run.held === null
      ? null
      : { patch: { target: commit, held: null }, type: 'target.moved', body: { commit } },
  );
  return 'moved';
}

async function hold(context: RunContext, commit: string, detail: string): Promise<Settled> {
  await context.target.keep(`refs/ao/landed/${context.run}`, commit);
  await patchRun(context, (run) =>
    run.held === detail ? null : { patch: { held: detail }, type: 'target.held', body: { commit, detail } },
  );
  return 'held';
}

async function adopt(context: RunContext, from: string): Promise<Settled> {
  const to = await context.hub.fetchTarget(context.branch);
  if (to === null) return hold(context, from, `${context.branch} is gone`);
  await patchRun(context, () => ({
    patch: { head: to, target: to, adopted: { from, to } },
    type: 'target.adopted',
    body: { from, to },
  }));
  return 'adopted';
}
