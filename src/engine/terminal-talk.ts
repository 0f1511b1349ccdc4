import type { Observation } from '../domain/agent-facts.ts';
import type { Message } from '../domain/message.ts';
import { essence, isPutBack, type Stroke, strokeFor } from '../domain/terminal-delivery.ts';
import type { RuntimeHandle, Session } from '../domain/task.ts';
import { Semaphore } from '../lib/semaphore.ts';
import { applyTransitions } from './apply-transition.ts';
import type { RunContext } from './context.ts';
import { failMessage, isOver, newMessage, noteEvidence, noteTold, openMessages } from './outbox.ts';
import { Questions } from './questions.ts';
import type { TerminalHearing } from './terminal-hearing.ts';
import { unlessEnded } from './unless-ended.ts';

/** For the agent to end by itself. */
const graceMs = 5000;

/** Our hands at the terminal of a living agent: types what is in its outbox, and ends the agent when all is done. */
export class TerminalTalk {
  readonly #context: RunContext;
  readonly #session: Session;
  readonly #handle: RuntimeHandle;
  readonly #hearing: TerminalHearing;
  readonly #questions: Questions;
  /** One thing after another. */
  readonly #hands = new Semaphore(1);
  #evidence: Observation[] = [];
  /** What this daemon did for a message, and when by the clock that never jumps. */
  readonly #done = new Map<string, { at: number; keys: number }>();
  /** Of earlier daemons, that the agent was never seen to have. */
  #absent: ReadonlySet<string> = new Set();
  #leaving: Promise<void> | null = null;

  constructor({ context, session, handle, hearing }: TerminalParts) {
    this.#context = context;
    this.#session = session;
    this.#handle = handle;
    this.#hearing = hearing;
    this.#questions = new Questions(context, session);
  }

  /**
   * To be called once, with all that was told under earlier daemons: which of the messages that they left as sent the agent has. Two of the same
   * words need two that it has.
   */
  async recall(told: readonly Observation[]): Promise<void> {
    const { store, clock } = this.#context;
    const { run, task, id } = this.#session;
    const texts = told.flatMap((seen) => (seen.kind === 'received' ? [essence(seen.text ?? '')] : []));
    const rows = (await store.list('message', { run, task })).filter(({ session }) => session === id);
    const absent = new Set<string>();
    for (const row of rows) {
      const { content, state } = row;
      if (content.kind !== 'message' || (state !== 'sent' && state !== 'received')) continue;
      const words = essence(content.text);
      const typed = essence(this.#hearing.agent.typed(content.text.trimEnd()));
      const at = texts.findIndex((text) => text === typed || text === words);
      if (at >= 0) texts.splice(at, 1);
      if (state === 'received') continue;
      if (at >= 0) {
        await applyTransitions(store, [
          { kind: 'message', row, event: 'receive', patch: { settledAt: clock.now() } },
        ]);
      } else if (!texts.some((text) => text.includes(words))) absent.add(row.id);
    }
    this.#absent = absent;
  }

  /** Something was told, and what it did is still to be seen. */
  isUnderWay = false;

  gather(evidence: readonly Observation[]): void {
    this.#evidence.push(...evidence);
  }

  next(): Promise<void> {
    return this.#hands.use(async () => {
      await this.#noteEvidence();
      await this.#questions.tell(this.#hearing.facts);
      await this.#tell();
      await noteTold(this.#context, this.#session, this.#hearing.facts);
      await this.#leaveWhenOver();
    });
  }

  /** The agent has ended: what it showed until then is written down. */
  async close(): Promise<void> {
    await this.#leaving;
    await this.#hands.use(() => this.#noteEvidence());
  }

  #noteEvidence(): Promise<void> {
    const telling = { session: this.#session, wasWritten: () => true };
    return noteEvidence(this.#context, telling, this.#evidence.splice(0));
  }

  /** Messages one after the other: the next when the agent has the one before. */
  async #tell(): Promise<void> {
    let waits = false;
    this.isUnderWay = false;
    for (const row of await openMessages(this.#context, this.#session)) {
      const isMessage = row.content.kind === 'message';
      if (isMessage && waits) continue;
      const stroke = this.#strokeFor(row);
      if (stroke.do === 'fail') await failMessage(this.#context, row, stroke.problem);
      else if (stroke.do !== 'wait') await this.#carryOut(row, stroke);
      this.isUnderWay ||= stroke.do !== 'fail';
      waits ||= row.content.kind !== 'answer' && stroke.do !== 'fail';
    }
  }

  #strokeFor(row: Message): Stroke {
    const done = this.#done.get(row.id);
    const { facts, lastTold, heldMs, agent } = this.#hearing;
    return strokeFor({
      content: row.content,
      isSent: row.state === 'sent',
      done: done === undefined ? null : { ...done, agoMs: this.#context.clock.monotonic() - done.at },
      facts,
      isPutBack: isPutBack(facts, lastTold),
      heldMs,
      isAbsent: agent.hooks && this.#absent.has(row.id),
      agent,
    });
  }

  /** The intent is written down first. */
  async #carryOut(row: Message, stroke: Exclude<Stroke, { do: 'wait' | 'fail' }>): Promise<void> {
    const { clock } = this.#context;
    if (row.state === 'queued' && !(await this.#intend(row))) return;
    const runtime = this.#context.findRuntime(this.#handle.runtime);
    const words = row.content.kind === 'message' ? row.content.text.trimEnd() : '';
    const keys = (this.#done.get(row.id)?.keys ?? 0) + (stroke.do === 'press' ? 1 : 0);
    this.#done.set(row.id, { at: clock.monotonic(), keys });
    await unlessEnded(
      stroke.do === 'press'
        ? runtime.press(this.#handle, stroke.keys)
        : runtime.write(this.#handle, stroke.behind ? `\n\n${words}` : this.#asTyped(words)),
    );
    this.#done.set(row.id, { at: clock.monotonic(), keys });
  }

  /** Behind what it forgot. */
  #asTyped(words: string): string {
    const { agent, forgotten } = this.#hearing;
    return agent.typed(forgotten === '' ? words : `${forgotten}\n\n${words}`);
  }

  /** An agent that is refused something ends its turn, and hears why as the next message. */
  #intend(row: Message): Promise<boolean> {
    const { store, clock } = this.#context;
    const { content } = row;
    const refusal = content.kind === 'answer' && !content.allow ? content.reason : '';
    const more =
      refusal === '' ? [] : [newMessage(this.#session, { kind: 'message', text: refusal }, clock.now())];
    return applyTransitions(store, [{ kind: 'message', row, event: 'send' }], more);
  }

  /** Not while somebody types. */
  async #leaveWhenOver(): Promise<void> {
    const { facts, lastTold } = this.#hearing;
    const isTyping = (facts.screen?.draft ?? '') !== '' && !isPutBack(facts, lastTold);
    if (this.#leaving !== null || isTyping) return;
    if (!(await isOver(this.#context, this.#session, facts)) && !(await this.#isLost())) return;
    const runtime = this.#context.findRuntime(this.#handle.runtime);
    this.#leaving = runtime.stop(this.#handle, graceMs).catch((error: unknown) => {
      this.#leaving = null; // tried again at the next look
      this.#context.log('terminal.unended', { session: this.#session.id, error: String(error) });
    });
  }

  /** Its task was typed and never arrived: it would wait for ever. */
  async #isLost(): Promise<boolean> {
    const { facts, agent } = this.#hearing;
    if (agent.typesTask !== true || facts.working !== null) return false;
    return (await openMessages(this.#context, this.#session)).length === 0;
  }
}

interface TerminalParts {
  context: RunContext;
  session: Session;
  handle: RuntimeHandle;
  hearing: TerminalHearing;
}
