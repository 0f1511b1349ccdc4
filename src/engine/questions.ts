import type { AgentFacts } from '../domain/agent-facts.ts';
import type { Session } from '../domain/task.ts';
import type { RunContext } from './context.ts';

/** A person hears of a question by an event; of one that is open still, by every daemon that comes to know it. */
export class Questions {
  readonly #store: RunContext['store'];
  readonly #session: Session;
  readonly #told = new Set<string>();

  constructor({ store }: Pick<RunContext, 'store'>, session: Session) {
    this.#store = store;
    this.#session = session;
  }

  async tell({ asked }: AgentFacts): Promise<void> {
    const { run, task, id } = this.#session;
    const fresh = asked.filter((question) => !this.#told.has(keyOf(question)));
    if (fresh.length === 0) return;
    for (const question of fresh) this.#told.add(keyOf(question));
    const events = fresh.map(({ id: request, title }) => {
      return { run, task, session: id, type: 'session.ask', body: { request, title } };
    });
    await this.#store.commit([], events);
  }
}

/** On a screen a question that is asked again has the same id. */
const keyOf = ({ id, since }: { id: string; since: number }): string => `${id} ${since}`;
