import type { Message } from '../../src/domain/message.ts';
import type { Session } from '../../src/domain/task.ts';
import type { Kind, Rows } from '../../src/ports/store.ts';
import type { Machine } from './machine.ts';
import type { Scheduler } from './scheduler.ts';

/** What people say begins like this; everything else that an agent is told in words is its task. */
export const POLITE = 'please ';

/** All rows as they are now. */
interface Board {
  all<K extends Kind>(kind: K): Rows[K][];
}

/**
 * Invariants of what agents are told, against each write of a message's row. That nothing is written twice to an agent is
 * watched where it is written (`conversation.ts`).
 */
export class TalkRules {
  readonly #rules: Board;
  readonly #machine: Machine;
  readonly #scheduler: Scheduler;

  constructor(rules: Board, { machine, scheduler }: { machine: Machine; scheduler: Scheduler }) {
    this.#rules = rules;
    this.#machine = machine;
    this.#scheduler = scheduler;
  }

  check(before: Message | null, after: Message): void {
    if (before === null) return this.#checkNew(after);
    const conversation = this.#machine.processOf(after.session)?.conversation;
    const { content, id, state } = after;
    if (before.state === state) return;
    const key = content.kind === 'answer' ? content.request : id;
    if (state === 'received' && conversation?.told.has(key) !== true)
      this.#scheduler.violate(`message ${id} counts as received and was never written`);
    if (state === 'received' && content.kind === 'message' && conversation?.shown.has(id) !== true)
      this.#scheduler.violate(`message ${id} counts as received and the agent never said so`);
    if (state === 'undelivered' && content.kind === 'message' && conversation?.shown.has(id) === true)
      this.#scheduler.violate(`message ${id} counts as undelivered and the agent said that it has it`);
  }

  /** Of a run that finishes. */
  checkNothingOpen(): void {
    const ended = new Set(
      this.#rules.all('session').flatMap(({ id, state }) => (state === 'ended' ? id : [])),
    );
    const open = this.#rules
      .all('message')
      .find(({ session, state }) => ended.has(session) && (state === 'queued' || state === 'sent'));
    if (open !== undefined)
      this.#scheduler.violate(`message ${open.id} stays ${open.state} and its session has ended`);
  }

  #checkNew({ content, session }: Message): void {
    const all = this.#rules.all('message').filter((other) => other.session === session);
    const tasks = all.filter(({ content: told }) => told.kind === 'message' && !told.text.startsWith(POLITE));
    if (tasks.length > 1) this.#scheduler.violate(`session ${session} is told its task twice`);
    if (content.kind !== 'answer') return;
    const answers = all.filter(
      ({ content: told, state }) =>
        told.kind === 'answer' && told.request === content.request && state !== 'undelivered',
    );
    if (answers.length > 1)
      this.#scheduler.violate(`question ${content.request} of ${session} is answered twice`);
  }
}

/** Sessions that people can talk to. */
export function talking(rules: Board): Session[] {
  return rules.all('session').filter(({ state }) => state === 'running');
}
