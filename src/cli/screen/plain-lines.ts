import type { Event, RunView, StreamMessage } from '../../api/contract/responses.ts';
import { fit, oneLine } from './text-width.ts';

const titleColumns = 60;

/**
 * A run as lines for logs and pipes, one per change. Keeps what the lines need to be understood by themselves: titles of
 * tasks, and what was said last.
 */
export class PlainLines {
  readonly #titles = new Map<string, string>();
  readonly #flaky = new Set<string>();
  #branch = 'the target';
  #activity: string | null = null;
  #queue: string | null = null;

  /** Lines for one message, without line ends; `now` in milliseconds, for messages that carry no time. */
  take(message: StreamMessage, now: number): string[] {
    if (message.kind === 'event') {
      return this.#event(message.event).map((line) => `${timeOfDay(message.event.at)} ${line}`);
    }
    if (message.kind === 'run') return this.#run(message.run).map((line) => `${timeOfDay(now)} ${line}`);
    return [];
  }

  /** A line of our own, with its time. */
  say(text: string, now: number): string[] {
    return [`${timeOfDay(now)} ${oneLine(text)}`];
  }

  /** Most of a view is told by events; what a run and its queue are busy with is told by nothing else. */
  #run(view: RunView): string[] {
    for (const task of view.tasks) this.#titles.set(task.id, task.title);
    this.#branch = oneLine(view.branch);
    const lines: string[] = [];
    const activity = oneLine(view.activity);
    if (activity !== this.#activity && activity.startsWith('checking ')) lines.push(activity);
    // Its row of the log comes late: the disk does not take that either.
    if (isBlocked(activity) && !isBlocked(this.#activity)) lines.push(activity);
    const queue = view.queue.activity === null ? null : oneLine(view.queue.activity);
    if (queue !== null && queue !== this.#queue) lines.push(`queue: ${queue}`);
    this.#activity = activity;
    this.#queue = queue;
    return lines;
  }

  #event(event: Event): string[] {
    if (event.type === 'tree.checked') return this.#newFlaky(event);
    const text = event.task === null ? this.#runLine(event) : this.#taskLine(event, event.task);
    return text === null ? [] : [text];
  }

  #runLine({ type, body, run }: Event): string | null {
    switch (type) {
      case 'run.start':
        this.#branch = word(body['branch']);
        return `run ${run ?? ''} of ${word(body['path'])} on ${this.#branch}`;
      case 'run.baseline':
        return `${this.#branch}: ${count(body['findings'], 'finding')}`;
      case 'run.round':
        return `round ${word(body['round'])}: ${count(body['findings'], 'finding')}, ${count(body['tasks'], 'task')}`;
      case 'run.stop':
        return 'stopping: agents end, their work is saved';
      case 'run.resume':
        return 'the run goes on';
      case 'run.disk_free':
        return 'the disk takes what is written again: the run goes on';
      case 'run.finish':
        return `finished: ${word(body['outcome'])}${because(body['reason'])}`;
      case 'target.moved':
        return `${this.#branch} is at ${sha(body['commit'])}`;
      case 'target.held':
        return `${this.#branch} cannot follow${because(body['detail'])}`;
      case 'target.adopted':
        return `${this.#branch} was moved to ${sha(body['to'])} by somebody else`;
      default:
        return null;
    }
  }

  #taskLine(event: Event, task: string): string | null {
    if (event.type === 'task.planned') this.#titles.set(task, String(event.body['title'] ?? ''));
    const said = taskEvent(event);
    if (said === null) return null;
    const title = fit(oneLine(this.#titles.get(task) ?? ''), titleColumns);
    return `task ${task.slice(0, 8)} ${title}: ${said}`;
  }

  #newFlaky({ body }: Event): string[] {
    const checks = Array.isArray(body['checks']) ? body['checks'] : [];
    const titles = checks.flatMap((check: { flaky?: unknown }) =>
      Array.isArray(check.flaky) ? check.flaky : [],
    );
    const fresh = titles.map(word).filter((title) => !this.#flaky.has(title));
    for (const title of fresh) this.#flaky.add(title);
    return fresh.map((title) => `flaky, given to nobody: ${title}`);
  }
}

function taskEvent({ type, body, session }: Event): string | null {
  switch (type) {
    case 'task.planned':
      return 'planned';
    case 'task.claim':
      return `attempt ${word(body['attempt'])} started`;
    case 'session.ask':
      return `agent asks: ${word(body['title'])} (ao approve or ao deny ${word(session)})`;
    case 'session.stuck':
      return `agent is stuck${because(body['reason'])}`;
    case 'session.end':
      return `agent ended: ${word(body['outcome'])}${because(body['reason'])}`;
    case 'attempt.verdict':
      return verdict(body);
    case 'task.park':
      return 'needs you';
    case 'task.fixed':
      return word(body['reason']);
    case 'landing.reject':
      return `rejected by the queue${because(body['reason'])}`;
    case 'landing.refuse':
      return 'back in the queue: the target was moved';
    case 'task.land':
      return `landed ${sha(body['commit'])}`;
    case 'task.retry':
      return 'tried again, as you said';
    case 'task.accept':
      return 'accepted by you, its checks still decide';
    case 'task.cancel':
      return 'cancelled by you';
    default:
      return null;
  }
}

function verdict(body: Event['body']): string {
  if (body['status'] === 'passed') return 'gate: passed, queued to land';
  return `gate: ${word(body['status']).replaceAll('_', ' ')}${because(body['reason'])}`;
}

function isBlocked(activity: string | null): boolean {
  return activity?.startsWith('disk_blocked: ') === true;
}

function because(reason: unknown): string {
  return typeof reason === 'string' && reason !== '' ? `: ${oneLine(reason)}` : '';
}

function word(value: unknown): string {
  return oneLine(typeof value === 'string' || typeof value === 'number' ? String(value) : '?');
}

function count(value: unknown, noun: string): string {
  return `${word(value)} ${noun}${value === 1 ? '' : 's'}`;
}

function sha(value: unknown): string {
  return word(value).slice(0, 10);
}

function timeOfDay(at: number): string {
  const date = new Date(at);
  return [date.getHours(), date.getMinutes(), date.getSeconds()]
    .map((part) => String(part).padStart(2, '0'))
    .join(':');
}
