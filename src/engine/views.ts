import { describeProblem, detailOf } from '../domain/evidence.ts';
import type { Finding } from '../domain/finding.ts';
import type { Report, ReportAttempt, ReportFinding, ReportTask } from '../domain/report.ts';
import type { Run } from '../domain/run.ts';
import type { Attempt, Landing, Session, Task } from '../domain/task.ts';
import type { Spent } from '../domain/usage.ts';
import { count } from '../lib/count.ts';
import type { Store } from '../ports/store.ts';
import type { RunView, SessionView, TaskView } from './engine.ts';
import type { Live } from './live.ts';
import { sessionStatus, type StatusWorld } from './session-status.ts';
import { usageOf } from './usage.ts';

/** What is shown is derived from rows, each time anew. */
export interface RunRows {
  run: Run;
  tasks: Task[];
  attempts: Attempt[];
  sessions: Session[];
  landings: Landing[];
}

export async function readRun(store: Store, run: Run): Promise<RunRows> {
  const filter = { run: run.id };
  return {
    run,
    tasks: (await store.list('task', filter)).toSorted((a, b) => a.rank - b.rank),
    attempts: await store.list('attempt', filter),
    sessions: await store.list('session', filter),
    landings: await store.list('landing', filter),
  };
}

export function runView(rows: RunRows, live: Live): RunView {
  const { run } = rows;
  const tasks = rows.tasks.map((task) => taskView(rows, task, live));
  return {
    id: run.id,
    path: run.path,
    branch: run.branch,
    state: run.state,
    outcome: run.outcome,
    reason: run.reason,
    activity: seen(run, live) ?? activity(run, tasks),
    round: run.round,
    maxRounds: run.options.maxRounds,
    findings: run.baseline?.findings.length ?? 0,
    flaky: run.flaky.length,
    createdAt: iso(run.createdAt),
    endedAt: isoOrNull(run.endedAt),
    tasks,
    queue: {
      entries: rows.landings
        .filter(({ state }) => state === 'queued' || state === 'landing')
        .map(({ task, state }) => ({ task, title: titleOf(rows.tasks, task), state })),
      activity: live.activity(`queue:${run.id}`),
    },
  };
}

/** What the engine itself says that it is doing, the most pressing first. */
function seen({ id, state }: Run, live: Live): string | null {
  if (state === 'finished') return null;
  const disk = live.activity('disk');
  if (disk !== null) return `disk_blocked: ${disk}`;
  return live.activity(`trouble:${id}`) ?? live.activity(`run:${id}`) ?? live.activity(`wait:${id}`);
}

function activity(run: Run, tasks: TaskView[]): string {
  if (run.state === 'finished') return run.outcome ?? 'finished';
  if (run.state === 'stopping') return 'stopping its agents, saving their work';
  const working = tasks.filter(({ phase }) => phase === 'working' || phase === 'stuck').length;
  const asking = tasks.filter(({ phase }) => phase === 'asking');
  if (asking.length > 0) return whoAsks(asking);
  const queued = tasks.filter(({ phase }) => phase === 'queued' || phase === 'landing').length;
  if (working > 0) return `${count(working, 'agent')} at work`;
  return queued > 0 ? `landing ${count(queued, 'change')}` : 'deciding what is next';
}

/** With what `ao approve` and `ao deny` can be told; `ao list` has them all. */
function whoAsks(tasks: readonly TaskView[]): string {
  const ids = tasks.slice(0, 2).map(({ id }) => id.slice(0, 8));
  const more = tasks.length > ids.length ? ', …' : '';
  return `${count(tasks.length, 'agent')} ${tasks.length === 1 ? 'asks' : 'ask'} you: ao approve|deny ${ids.join(' or ')}${more}`;
}

export function taskView(rows: RunRows, task: Task, live: Live): TaskView {
  const attempt = rows.attempts.findLast((row) => row.task === task.id) ?? null;
  return {
    id: task.id,
    run: task.run,
    title: task.title,
    state: task.state,
    phase: phaseOf(rows, { task, attempt, live }),
    reason: reasonOf(task, attempt),
    attempt: task.attempt,
    attemptsAllowed: task.attemptsAllowed,
    session: attempt?.session ?? null,
    agent: attempt?.agent ?? null,
    startedAt: isoOrNull(attempt?.startedAt ?? null),
    endedAt: isoOrNull(attempt?.endedAt ?? null),
    lastLine: attempt === null ? null : lineOf(live, attempt.session),
  };
}

/** What is most worth knowing of an agent, in a line. */
function lineOf(live: Live, session: string): string | null {
  return live.facts(session).asked[0]?.title ?? live.stuck(session) ?? live.line(session);
}

function phaseOf(
  rows: RunRows,
  { task, attempt, live }: { task: Task; attempt: Attempt | null; live: Live },
): string {
  if (task.state === 'done') return task.landed === null ? 'fixed' : 'landed';
  if (task.state === 'cancelled') return 'cancelled';
  if (task.state === 'inbox') return task.reason ?? 'inbox';
  if (task.state === 'ready') return 'waiting';
  const landing = rows.landings.findLast((row) => row.task === task.id && row.attempt === task.attempt);
  if (landing?.state === 'landing') return 'landing';
  if (landing?.state === 'queued') return 'queued';
  const session = rows.sessions.find(({ id }) => id === attempt?.session);
  if (session?.state === 'starting') return 'starting';
  if (session?.state !== 'running') return 'checking';
  if (live.facts(session.id).asked.length > 0) return 'asking';
  return live.stuck(session.id) === null ? 'working' : 'stuck';
}

function reasonOf(task: Task, attempt: Attempt | null): string | null {
  if (task.reason === 'needs_you') return attempt?.reason ?? 'needs_you';
  return task.reason ?? (task.state === 'ready' ? (attempt?.reason ?? null) : null);
}

export function sessionView(world: StatusWorld, { session, title, live, stuckAfterMs }: Shown): SessionView {
  const conversation = session.conversation ?? live.facts(session.id).conversation;
  const status = sessionStatus(world, live, { session, stuckAfterMs });
  return {
    id: session.id,
    run: session.run,
    task: session.task,
    title,
    agent: session.agent,
    account: session.account,
    conversation,
    takenUp: session.takesUp?.conversation !== undefined && session.takesUp.conversation === conversation,
    state: session.state,
    outcome: session.outcome,
    workspace: session.workspace.path,
    branch: session.workspace.branch,
    log: `${session.dir}/output.log`,
    pid: session.state === 'ended' ? null : (session.handle?.pid ?? null),
    terminal: session.state === 'ended' ? null : (session.handle?.terminal ?? null),
    takesMessages: session.state !== 'ended' && world.findAgent(session.agent).capabilities.dialog,
    startedAt: iso(session.startedAt),
    endedAt: isoOrNull(session.endedAt),
    lastLine: live.line(session.id),
    usage: usageOf(live, session),
    status,
    asks:
      session.state === 'ended'
        ? []
        : live.facts(session.id).asked.map(({ id, title: what }) => ({ request: id, title: what })),
  };
}

export interface Shown {
  session: Session;
  title: string;
  live: Live;
  stuckAfterMs: number;
}

export interface ReportParts {
  baseline: { finding: Finding; flaky: boolean }[];
  left: Finding[];
  usage: Spent | null;
}

/** The one report document; `baseline` are the findings of the first pass, `left` those of the head that no task stands for. */
export function reportOf(rows: RunRows, { baseline, left, usage }: ReportParts, now: number): Report {
  const { run } = rows;
  return {
    ok: run.outcome === 'green',
    run: run.id,
    outcome: run.outcome,
    reason: run.reason,
    target: { branch: run.branch, before: run.before, after: run.target, held: run.held },
    baseline: {
      findings: baseline.map(({ finding, flaky }) => reportFinding(finding, flaky)),
    },
    tasks: rows.tasks.map((task) => reportTask(rows, task)),
    remaining: [
      ...rows.tasks
        .filter((task) => task.state !== 'done')
        .map((task) => ({ id: task.id, title: task.title, reason: remainingReason(rows, task) })),
      ...left.map(({ id, title }) => ({ id, title, reason: 'came to light after the last round' })),
    ],
    usage,
    elapsedMs: Math.max(0, (run.endedAt ?? now) - run.createdAt),
  };
}

function remainingReason(rows: RunRows, task: Task): string {
  const last = rows.attempts.findLast((row) => row.task === task.id) ?? null;
  const why = last?.reason ?? null;
  if (task.reason === 'needs_you') return why === null ? 'needs_you' : `needs_you: ${why}`;
  if (last === null) return task.reason ?? `${task.state}, not attempted`;
  return task.reason ?? why ?? `attempt ${last.number} ${last.outcome ?? 'under way'}`;
}

function reportFinding({ id, check, file, line, title }: Finding, flaky: boolean): ReportFinding {
  return { id, check, file, line, title, flaky };
}

function reportTask(rows: RunRows, task: Task): ReportTask {
  const flaky = new Set(rows.run.flaky);
  const attempts = rows.attempts.filter((row) => row.task === task.id);
  return {
    id: task.id,
    title: task.title,
    findings: task.findings.map((finding) => reportFinding(finding, flaky.has(finding.id))),
    state: task.state,
    reason: task.reason,
    attempts: attempts.map(
      (row): ReportAttempt => ({
        number: row.number,
        session: row.session,
        agent: row.agent,
        account: row.account,
        startedAt: iso(row.startedAt),
        endedAt: isoOrNull(row.endedAt),
        outcome: row.outcome,
        reason: row.reason,
        claim: row.claim,
        evidence: (row.verdict?.problems ?? []).map((problem) => ({
          summary: describeProblem(problem),
          detail: detailOf(problem),
        })),
      }),
    ),
    landed: task.landed,
    fixedBy: task.fixedBy,
  };
}

function titleOf(tasks: Task[], id: string): string {
  return tasks.find((task) => task.id === id)?.title ?? id;
}

function iso(at: number): string {
  return new Date(at).toISOString();
}

function isoOrNull(at: number | null): string | null {
  return at === null ? null : iso(at);
}
