import type { Event, Report } from '../api/contract/responses.ts';

export interface Outcome {
  ok: boolean;
  /** What happened, in a sentence or two. */
  detail: string;
}

export type Task = Report['tasks'][number];
export type Attempt = Task['attempts'][number];

export interface Evidence {
  report: Report;
  /** All rows of the run. */
  events: readonly Event[];
  /** Files of the target before the run and after it, by path. */
  before: ReadonlyMap<string, string>;
  after: ReadonlyMap<string, string>;
  /** What the session had done when it ended, as the daemon kept it, by session. */
  saved: ReadonlyMap<string, string>;
}

/** What a run left behind, as the questions that the cases ask. */
export class Facts {
  readonly evidence: Evidence;

  constructor(evidence: Evidence) {
    this.evidence = evidence;
  }

  /** The task that stood for the findings in `file`, null where there was none. */
  task(file: string): Task | null {
    const ids = this.findings(file).map(({ id }) => id);
    return (
      this.evidence.report.tasks.find(({ findings }) => findings.some(({ id }) => ids.includes(id))) ?? null
    );
  }

  findings(file: string): Report['baseline']['findings'] {
    return this.evidence.report.baseline.findings.filter((finding) => finding.file === file);
  }

  after(file: string): string {
    return this.evidence.after.get(file) ?? '';
  }

  /** True while a file is as it was before the run. */
  isUntouched(file: string): boolean {
    return this.evidence.before.get(file) === this.evidence.after.get(file);
  }

  /** How the agent's process ended, in words, null where that was nothing worth saying. */
  ending(attempt: Attempt): string | null {
    const event = this.evidence.events.find(
      ({ type, session }) => type === 'session.end' && session === attempt.session,
    );
    const reason = event?.body['reason'];
    return typeof reason === 'string' ? reason : null;
  }

  /** The gate's own word on an attempt, before the merge queue had its say. */
  gate(task: Task, number: number): string | null {
    const event = this.evidence.events.find(
      ({ type, task: id, body }) =>
        type === 'attempt.verdict' && id === task.id && body['attempt'] === number,
    );
    const status = event?.body['status'];
    return typeof status === 'string' ? status : null;
  }

  saved(attempt: Attempt): string {
    return this.evidence.saved.get(attempt.session) ?? '';
  }
}

/** A first attempt that had to be turned back for `why`, and a later one that landed. Null where that is not so. */
export function secondTry(
  task: Task | null,
  why: (first: Attempt) => boolean,
): { first: Attempt; last: Attempt } | null {
  const [first, ...later] = task?.attempts ?? [];
  const last = later.at(-1);
  if (!task?.landed || first === undefined || last === undefined) return null;
  return first.outcome !== 'passed' && why(first) ? { first, last } : null;
}

/** For a case that did not go as it had to: what its task did instead. */
export function unexpected(task: Task | null): Outcome {
  if (task === null) return { ok: false, detail: 'This did not happen: there was no task for it.' };
  const attempts = task.attempts.map(
    ({ number, outcome, reason }) =>
      `attempt ${number} ${outcome ?? 'open'}${reason === null ? '' : ` (${reason})`}`,
  );
  const end = task.landed === null ? task.state : 'landed';
  return { ok: false, detail: `This did not happen as planned: ${[...attempts, end].join(', ')}.` };
}

/** `at the second attempt` */
export function atAttempt({ number }: Attempt): string {
  const words = ['first', 'second', 'third'];
  return `at the ${words[number - 1] ?? `${number}th`} attempt`;
}

/** True where a rule of the policy refused the attempt. */
export function refusedBy(rule: string, { reason }: Attempt): boolean {
  return (reason ?? '').split('; ').some((problem) => problem.startsWith(`${rule}: `));
}
