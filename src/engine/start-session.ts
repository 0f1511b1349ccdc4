import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type PromptFacts, writePrompt } from '../domain/prompt.ts';
import { runtimeOf } from '../domain/run.ts';
import type { Attempt, Session, Task } from '../domain/task.ts';
import { eventsFile } from '../ports/terminal-agent.ts';
import type { Clock } from '../ports/clock.ts';
import { addAccountEntries } from './account-entries.ts';
import { applyTransitions } from './apply-transition.ts';
import type { RunContext } from './context.ts';
import { launchSpec } from './launch-spec.ts';
import { queueTask } from './outbox.ts';
import { treeAfterSetup } from './setup-by-products.ts';

/**
 * Makes the workspace, prepares it like every other checkout, puts the task into it and starts the agent. Rejects with
 * an AoError when something of that cannot be done; the caller ends the session then.
 */
export async function startSession(
  context: RunContext,
  rows: { task: Task; attempt: Attempt; session: Session },
): Promise<void> {
  const { task, session } = rows;
  await mkdir(path.join(session.dir, 'artifacts'), { recursive: true, mode: 0o700 });
  await mkdir(path.dirname(session.workspace.path), { recursive: true, mode: 0o700 });
  const { path: workspace, branch, start } = session.workspace;
  const workspaces = context.workspaces[session.workspace.kind];
  await workspaces.make({ hub: context.hub, path: workspace, branch, commit: start });
  const mark = sessionMark(context, session);
  const added = await context.setup.prepare({
    root: workspace,
    repository: context.path,
    command: context.options.setup,
    env: context.env,
    mark,
    cacheDir: context.layout.setupCache(context.project),
    dir: session.dir,
    signal: context.signal,
  });
  if (added.ran === true) await keepPrepared(context, session);
  const brief = await writeBrief(context, rows);
  const agent = context.findAgent(session.agent);
  const { dir, takesUp = null } = session;
  const environment = { ...context.env, ...context.agentEnv };
  const asked = { prompt: brief.prompt, promptFile: brief.file, workspace, dir, environment, takesUp };
  const spec = launchSpec(context.options, asked);
  const terminal = runtimeOf(context.options) === 'tmux' ? agent.terminal : undefined;
  const launch = (terminal ?? agent).launch(spec);
  for (const { path: file, text } of launch.files ?? []) await writeFile(file, text, { mode: 0o600 });
  const env = { ...environment, ...added.env, ...launch.env, ...brief.env };
  const { argv, input } = launch;
  const isolated = context.options.isolation !== 'none';
  const started = { argv, env, cwd: workspace, dir, input, mark, isolated };
  const runtime = context.findRuntime(runtimeOf(context.options));
  if (terminal !== undefined) await addAccountEntries(terminal.accountEntries(spec));
  const isTold = terminal === undefined ? agent.capabilities.dialog : terminal.typesTask === true;
  if (isTold) await queueTask(context, session, brief.prompt);
  const handle = await runtime.start(started);
  const written = await applyTransitions(context.store, [
    {
      kind: 'session',
      row: session,
      event: 'started',
      patch: { handle, ...startOf(context.clock) },
      body: { pid: handle.pid, title: task.title },
    },
  ]);
  if (!written) await runtime.stop(handle, 0); // cancelled meanwhile: nothing was worked on yet
}

/** Before the agent starts: whoever takes it over could not tell its files from those of the setup. */
async function keepPrepared(context: RunContext, session: Session): Promise<void> {
  const prepared = await treeAfterSetup(context, session);
  if (prepared === null) return;
  const patch = { prepared };
  await context.store.commit([{ op: 'update', kind: 'session', id: session.id, expect: {}, patch }], []);
}

function startOf(clock: Clock): Pick<Session, 'startedAt' | 'startedMonotonic'> {
  return { startedAt: clock.now(), startedMonotonic: clock.monotonic() };
}

export function sessionMark(
  context: Pick<RunContext, 'markPrefix'>,
  session: Pick<Session, 'id' | 'run'>,
): string {
  return `${context.markPrefix}:session:${session.run}:${session.id}`;
}

/** What an agent has to know of the attempts before, beside why the last one was not accepted. */
function earlierWork(attempt: Attempt, session: Session): PromptFacts['earlier'] {
  if (attempt.number === 1) return null;
  return {
    isKept: attempt.start !== attempt.base,
    // What it remembers of files holds where it was then.
    movedTo: session.takesUp ? session.workspace.path : null,
  };
}

/** The task as files and variables: `TASK.md` at the root, or `.ao/TASK.md` where the project has its own. */
async function writeBrief(
  context: RunContext,
  { task, attempt, session }: { task: Task; attempt: Attempt; session: Session },
): Promise<{ prompt: string; file: string; env: Record<string, string> }> {
  const { workspace } = session;
  const files = await context.hub.listFiles(workspace.start);
  const prompt = writePrompt({
    title: task.title,
    findings: task.findings,
    problems: task.problems,
    checks: context.options.checks,
    scope: context.options.scope,
    allowTestEdits: context.options.allowTestEdits,
    earlier: earlierWork(attempt, session),
  });
  const file = path.join(workspace.path, files.includes('TASK.md') ? '.ao/TASK.md' : 'TASK.md');
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, prompt);
  const findings = path.join(session.dir, 'findings.json');
  await writeFile(findings, `${JSON.stringify(task.findings, null, 2)}\n`, { mode: 0o600 });
  const env = {
    AO_EVENTS_FILE: eventsFile(session.dir),
    AO_TASK_ID: task.id,
    AO_SESSION_ID: session.id,
    AO_ATTEMPT: String(attempt.number),
    AO_TASK_FILE: file,
    AO_FINDINGS_FILE: findings,
    AO_ARTIFACTS_DIR: path.join(session.dir, 'artifacts'),
    AO_PROJECT: context.project,
  };
  return { prompt, file, env };
}
