import { createHash, randomBytes } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import path from 'node:path';
import type { CheckSpec } from '../domain/check-result.ts';
import { AoError } from '../domain/errors.ts';
import { type Run, runtimeOf } from '../domain/run.ts';
import { findExecutable } from '../lib/executable.ts';
import { Semaphore } from '../lib/semaphore.ts';
import type { Hub, Target } from '../ports/git.ts';
import { withCheckout } from './check-tree.ts';
import type { RunContext, World } from './context.ts';
import { DiskWatch } from './disk-watch.ts';
import type { FixRequest } from './engine.ts';
import { launchSpec } from './launch-spec.ts';
import { Live } from './live.ts';
import { redactorOf, withoutSecrets } from './without-secrets.ts';

/** How long a detected check may take when nothing says otherwise. */
const CHECK_TIMEOUT_MS = 20 * 60_000;

export interface OpenedProject {
  project: string;
  path: string;
  branch: string;
  before: string;
  hub: Hub;
  target: Target;
}

/** The user's repository and our hub of it, with its target branch fetched. Every refusal says what to do. */
export async function openProject(
  world: World,
  request: Pick<FixRequest, 'path' | 'branch'>,
): Promise<OpenedProject> {
  const location = await realpath(request.path).catch(() => request.path);
  const project = projectId(location);
  const hub = await world.openHub(world.layout.hub(project), location);
  const target = await world.openTarget(location, hub);
  const facts = await target.facts();
  const branch = request.branch ?? facts.branch;
  if (branch === null) {
    throw new AoError(
      'usage',
      `${location} is on a detached head.`,
      'Name the branch to fix: --target BRANCH.',
    );
  }
  const before = await hub.fetchTarget(branch);
  if (before === null) {
    const hint = request.branch === null ? 'Make a first commit.' : 'See `git branch --list`.';
    throw new AoError('notFound', `There is no commit on ${branch} in ${location}.`, hint);
  }
  return { project, path: facts.path, branch, before, hub, target };
}

/** A slug of the folder's name for people, a hash of the real path for identity. */
export function projectId(location: string): string {
  const slug = path
    .basename(location)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 24);
  const hash = createHash('sha256').update(location).digest('hex').slice(0, 8);
  return `${slug === '' ? 'project' : slug}-${hash}`;
}

/** The same request has the same fingerprint: it joins a run instead of starting one. */
export function fingerprintOf(location: string, branch: string, request: FixRequest): string {
  return createHash('sha256')
    .update(JSON.stringify([location, branch, request.options]))
    .digest('hex');
}

/**
 * An agent that cannot be started as asked is refused before anything is spent; launching is pure, so it can be tried. A
 * program that is named relative to the workspace may come with the project: that is seen only there.
 */
export async function refuseBadAgent(world: World, { options, env, path: cwd }: FixRequest): Promise<void> {
  const agent = world.findAgent(options.agent);
  if (runtimeOf(options) === 'tmux' && agent.capabilities.dialog && agent.terminal === undefined) {
    throw new AoError(
      'usage',
      `${options.agent} is driven over its protocol, which needs no terminal.`,
      'Leave --runtime tmux out; `ao attach SESSION` shows what it does.',
    );
  }
  const place = { prompt: '', promptFile: '', workspace: '', dir: '', environment: {} };
  const [program = ''] = agent.launch(launchSpec(options, place)).argv;
  if (program.includes('/') && !path.isAbsolute(program)) return;
  const found = await findExecutable(program, cwd, env);
  if (found.path !== null) return;
  const what = found.why === 'missing' ? 'There is no program' : 'This is not an executable program:';
  throw new AoError(
    'usage',
    `${what} ${program}.`,
    'Install it so that it is on the PATH, or correct --agent-command.',
  );
}

/** The row of a new run, its checks frozen. */
export async function newRun(world: World, opened: OpenedProject, request: FixRequest): Promise<Run> {
  const id = randomBytes(5).toString('hex');
  const context = { ...contextOf(world, { ...opened, request, id }) };
  const checks = await frozenChecks(context, opened.before, request.options.checks);
  return {
    id,
    state: 'running',
    outcome: null,
    reason: null,
    project: opened.project,
    path: opened.path,
    branch: opened.branch,
    before: opened.before,
    head: opened.before,
    target: opened.before,
    adopted: null,
    lastLanded: null,
    shared: await world.workspaces[request.options.workspace].fingerprint(opened.path),
    held: null,
    options: { ...request.options, checks },
    env: request.env,
    ...(request.agentEnv === undefined ? {} : { agentEnv: request.agentEnv }),
    fingerprint: fingerprintOf(opened.path, opened.branch, request),
    round: 0,
    baseline: null,
    flaky: [],
    createdAt: world.clock.now(),
    endedAt: null,
  };
}

async function frozenChecks(context: RunContext, before: string, given: CheckSpec[]): Promise<CheckSpec[]> {
  if (given.length > 0) return given;
  const withoutSetup: RunContext = { ...context, setup: { prepare: async () => ({ env: {} }) } };
  const detected = await withCheckout(withoutSetup, before, ({ root }) => context.checks.detect(root));
  if (detected.length === 0) {
    throw new AoError(
      'usage',
      `No check was found in ${context.path}.`,
      'Name one: --check test="npm test", or `fix.checks` in agent-orchestrator.yaml.',
    );
  }
  return detected.map((check) => ({ ...check, timeoutMs: CHECK_TIMEOUT_MS }));
}

/** What the steps of a run work with, from its row or (for a new one or a preview) from its request. */
export function contextOf(
  world: World,
  opened: Omit<OpenedProject, 'before'> & {
    id: string;
    request: Pick<FixRequest, 'options' | 'env' | 'agentEnv'>;
    live?: Live;
    disk?: DiskWatch;
    signal?: AbortSignal;
  },
): RunContext {
  const { options, env, agentEnv = {} } = opened.request;
  const redactor = redactorOf(opened.request);
  return {
    ...withoutSecrets(world, redactor),
    redactor,
    run: opened.id,
    path: opened.path,
    project: opened.project,
    branch: opened.branch,
    hub: opened.hub,
    target: opened.target,
    options,
    env,
    agentEnv,
    slots: new Semaphore(options.checkConcurrency),
    rowLock: new Semaphore(1),
    signal: opened.signal ?? new AbortController().signal,
    live: opened.live ?? new Live(() => {}),
    disk: opened.disk ?? new DiskWatch(world.disk, world.layout.home, () => {}),
  };
}
