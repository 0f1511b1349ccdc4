import type { Observation } from '../domain/agent-facts.ts';
import type { RuntimeHandle, Session } from '../domain/task.ts';
import { Semaphore } from '../lib/semaphore.ts';
import type { RunContext } from './context.ts';
import type { Heard, Hearing } from './hearing.ts';
import { answeredOf, isOver, noteEvidence, noteTold, tell } from './outbox.ts';
import { Questions } from './questions.ts';
import { unlessEnded } from './unless-ended.ts';

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
  readonly #questions: Questions;

  private constructor(parts: Parts, written: string) {
    this.#context = parts.context;
    this.#session = parts.session;
    this.#handle = parts.handle;
    this.#hearing = parts.hearing;
    this.#questions = new Questions(parts.context, parts.session);
    this.#written = written;
  }

  static async open(parts: Parts): Promise<Talk> {
    const { context, handle } = parts;
    return new Talk(parts, await context.findRuntime(handle.runtime).written(handle));
  }

  /** What was heard again of an earlier daemon's time shows nothing of a message that this one may not have written yet. */
  gather({ heard, isNew }: { heard: Heard; isNew: boolean }): void {
    this.#replies.push(...heard.replies);
    this.#evidence.push(
      ...heard.evidence.filter((seen) => isNew || seen.kind !== 'received' || seen.message !== null),
    );
  }

  /** Does what is to be done now: what was heard is written down, what is owed is said, and when all is said the input ends. */
  next(): Promise<void> {
    return this.#pen.use(async () => {
      await this.#noteEvidence();
      for (let reply = this.#replies[0]; reply !== undefined; reply = this.#replies[0]) {
        await this.#write(reply);
        this.#replies.shift();
      }
      const telling = {
        session: this.#session,
        hearing: this.#hearing,
        wasWritten: (text: string) => this.#wasWritten(text),
        write: (line: string) => this.#write(line),
      };
      await tell(this.#context, telling);
      this.#hearing.settle(await answeredOf(this.#context, telling));
      await this.#questions.tell(this.#hearing.facts);
      await noteTold(this.#context, this.#session, this.#hearing.facts);
      if (await isOver(this.#context, this.#session, this.#hearing.facts)) await this.#hangUp();
    });
  }

  /** The agent has ended: what it showed until then is written down. */
  close(): Promise<void> {
    return this.#pen.use(() => this.#noteEvidence());
  }

  #noteEvidence(): Promise<void> {
    const telling = { session: this.#session, wasWritten: (text: string) => this.#wasWritten(text) };
    return noteEvidence(this.#context, telling, this.#evidence.splice(0));
  }

  /** Only what stands in a whole line counts. */
  #wasWritten(text: string): boolean {
    return this.#written.slice(0, this.#written.lastIndexOf('\n') + 1).includes(text);
  }

  /**
   * Once, whatever daemon did it: also a write that failed at its very end has written it. A line that a full disk or a crash
   * cut off is completed.
   */
  async #write(line: string): Promise<void> {
    const runtime = this.#context.findRuntime(this.#handle.runtime);
    await this.#context.disk.outlast(async () => {
      if (this.#wasWritten(line)) return;
      const rest = restOf(line, this.#written);
      try {
        if (await unlessEnded(runtime.write(this.#handle, rest))) this.#written += rest;
      } catch (error) {
        this.#written = await runtime.written(this.#handle);
        throw error;
      }
    });
  }

  async #hangUp(): Promise<void> {
    if (this.#hungUp) return;
    await unlessEnded(this.#context.findRuntime(this.#handle.runtime).endInput(this.#handle));
    this.#hungUp = true;
  }
}

/** What is still to be written of a line, behind what was. */
function restOf(line: string, written: string): string {
  const torn = written.slice(written.lastIndexOf('\n') + 1);
  return line.startsWith(torn) ? line.slice(torn.length) : `\n${line}`;
}

interface Parts {
  context: RunContext;
  session: Session;
  handle: RuntimeHandle;
  hearing: Hearing;
}
