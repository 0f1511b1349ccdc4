import type { Observation } from '../domain/agent-facts.ts';
import { AoError } from '../domain/errors.ts';
import type { RuntimeHandle, Session } from '../domain/task.ts';
import { Semaphore } from '../lib/semaphore.ts';
import type { RunContext } from './context.ts';
import type { Heard, Hearing } from './hearing.ts';
import { isOver, noteEvidence, tell } from './outbox.ts';

/** Our side of a conversation with a living agent: answers what its protocol asks and tells it what is in its outbox. */
export class Talk {
  readonly #context: RunContext;
  readonly #session: Session;
  readonly #handle: RuntimeHandle;
  readonly #hearing: Hearing;
  /** One thing after another. */
  readonly #pen = new Semaphore(1);
  #written: string;
  #replies: string[] = [];
  #evidence: Observation[] = [];
  #hungUp = false;
  /** Questions that the log tells of. */
  readonly #told = new Set<string>();

  private constructor(parts: Parts, written: string) {
    this.#context = parts.context;
    this.#session = parts.session;
    this.#handle = parts.handle;
    this.#hearing = parts.hearing;
    this.#written = written;
  }

  static async open(parts: Parts): Promise<Talk> {
    const { context, handle } = parts;
    return new Talk(parts, await context.findRuntime(handle.runtime).written(handle));
  }

  gather({ replies, evidence }: Heard): void {
    this.#replies.push(...replies);
    this.#evidence.push(...evidence);
  }

  /** Does what is to be done now: what was heard is written down, what is owed is said, and when all is said the input ends. */
  next(): Promise<void> {
    return this.#pen.use(async () => {
      await noteEvidence(this.#context, this.#session, this.#evidence.splice(0));
      await this.#tellOfQuestions();
      for (const reply of this.#replies.splice(0)) {
        if (!this.#written.includes(reply)) await this.#write(reply);
      }
      await tell(this.#context, {
        session: this.#session,
        hearing: this.#hearing,
        wasWritten: (text) => this.#written.includes(text),
        write: (line) => this.#write(line),
      });
      if (await isOver(this.#context, this.#session, this.#hearing.facts)) await this.#hangUp();
    });
  }

  /** A person hears of a question by an event; of one that is open still, by every daemon that comes to know it. */
  async #tellOfQuestions(): Promise<void> {
    const { run, task, id } = this.#session;
    const fresh = this.#hearing.facts.asked.filter((asked) => !this.#told.has(asked.id));
    if (fresh.length === 0) return;
    for (const asked of fresh) this.#told.add(asked.id);
    const events = fresh.map(({ id: request, title }) => {
      return { run, task, session: id, type: 'session.ask', body: { request, title } };
    });
    await this.#context.store.commit([], events);
  }

  /** The agent has ended: what it showed until then is written down. */
  close(): Promise<void> {
    return this.#pen.use(() => noteEvidence(this.#context, this.#session, this.#evidence.splice(0)));
  }

  async #write(line: string): Promise<void> {
    this.#written += line;
    await unlessEnded(this.#context.findRuntime(this.#handle.runtime).write(this.#handle, line));
  }

  async #hangUp(): Promise<void> {
    if (this.#hungUp) return;
    this.#hungUp = true;
    await unlessEnded(this.#context.findRuntime(this.#handle.runtime).endInput(this.#handle));
  }
}

interface Parts {
  context: RunContext;
  session: Session;
  handle: RuntimeHandle;
  hearing: Hearing;
}

/** An agent that is gone takes nothing more; its end is seen where its output is followed. */
async function unlessEnded(writing: Promise<unknown>): Promise<void> {
  await writing.catch((error: unknown) => {
    if (!(error instanceof AoError)) throw error;
  });
}
