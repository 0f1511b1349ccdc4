import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { CheckResult, CheckSpec, TreeResult } from '../domain/check-result.ts';
import { confirm } from '../domain/confirm.ts';
import type { Finding } from '../domain/finding.ts';
import { removeDirectory } from '../lib/remove-directory.ts';
import type { RunContext } from './context.ts';

/** The parts of a run's context that checking needs; a preview has no run. */
export type CheckScope = Pick<
  RunContext,
  | 'run'
  | 'path'
  | 'project'
  | 'options'
  | 'env'
  | 'hub'
  | 'slots'
  | 'signal'
  | 'layout'
  | 'checks'
  | 'setup'
  | 'markPrefix'
  | 'disk'
>;

/** Every check after one run on a tree, and the names of those that a second run has to confirm. */
export interface FirstLook {
  result: TreeResult;
  doubtful: readonly string[];
}

/** Runs every check on the tree of `revision`, in a prepared checkout of our own; `doubtful` says which failures are. */
export async function firstLook(
  scope: CheckScope,
  revision: string,
  doubtful: (finding: Finding) => boolean,
): Promise<FirstLook> {
  const tree = await scope.hub.treeOf(revision);
  const checks = await runChecks(scope, revision, scope.options.checks);
  const again = checks.filter(({ findings }) => findings.some(doubtful));
  return { result: { tree, checks }, doubtful: again.map(({ check }) => check) };
}

/** Runs the doubtful checks once more in a fresh checkout; what came and went is called flaky. */
export async function secondLook(scope: CheckScope, revision: string, look: FirstLook): Promise<TreeResult> {
  const again = scope.options.checks.filter(({ name }) => look.doubtful.includes(name));
  const second = again.length > 0 ? await runChecks(scope, revision, again) : [];
  const checks = look.result.checks.map((result) => {
    const other = second.find(({ check }) => check === result.check);
    return other === undefined ? result : confirm(result, other);
  });
  return { tree: look.result.tree, checks };
}

/** The given checks one after another in one checkout; each waits for a free slot. */
async function runChecks(scope: CheckScope, revision: string, specs: CheckSpec[]): Promise<CheckResult[]> {
  return withCheckout(scope, revision, async (checkout) => {
    const results: CheckResult[] = [];
    for (const spec of specs) {
      const dir = path.join(checkout.base, spec.name.replace(/[^\w.-]/g, '_'));
      await mkdir(dir, { recursive: true, mode: 0o700 });
      const run = {
        spec,
        root: checkout.root,
        env: checkout.env,
        mark: checkout.mark,
        dir,
        signal: scope.signal,
      };
      const result = await scope.slots.use(() => scope.checks.run(run));
      if (result.outcome !== 'passed') await keepLogs(scope, revision, dir);
      results.push(result);
    }
    return results;
  });
}

/** What a failed check printed stays with the run's evidence, until `ao clean`. */
async function keepLogs(scope: CheckScope, revision: string, dir: string): Promise<void> {
  const kept = path.join(scope.layout.checkLogs(scope.run), revision.slice(0, 12));
  await mkdir(kept, { recursive: true, mode: 0o700 });
  const place = path.join(kept, path.basename(dir));
  await rm(place, { recursive: true, force: true });
  await rename(dir, place);
}

interface Checkout {
  root: string;
  /** Scratch space beside the checkout, gone with it. */
  base: string;
  env: Record<string, string>;
  mark: string;
}

/** A fresh, prepared checkout for the time of `use`. */
export async function withCheckout<T>(
  scope: CheckScope,
  revision: string,
  use: (checkout: Checkout) => Promise<T>,
): Promise<T> {
  await mkdir(scope.layout.checkouts(), { recursive: true, mode: 0o700 });
  const base = await mkdtemp(path.join(scope.layout.checkouts(), 'c-'));
  const root = path.join(base, scope.project);
  const mark = checkoutMark(scope.markPrefix, base);
  try {
    await scope.hub.checkout(revision, root);
    const setupDir = path.join(base, 'setup');
    await mkdir(setupDir, { mode: 0o700 });
    const added = await scope.setup.prepare({
      root,
      repository: scope.path,
      command: scope.options.setup,
      env: scope.env,
      mark,
      cacheDir: scope.layout.setupCache(scope.project),
      dir: setupDir,
      signal: scope.signal,
    });
    return await use({ root, base, env: { ...scope.env, ...added.env }, mark });
  } finally {
    // What was found out is worth more than a disk that does not take a removal at this moment.
    await scope.disk.outlast(() => removeDirectory(base));
  }
}

/** Derived from the directory's name, so that what a crash left behind can be found and ended. */
export function checkoutMark(prefix: string, base: string): string {
  return `${prefix}:checkout:${path.basename(base)}`;
}
