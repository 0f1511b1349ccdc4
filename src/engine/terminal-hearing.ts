import type { AgentFacts, Observation } from '../domain/agent-facts.ts';
import { rowsOfTalk, saysMore, seenOnScreen, settleMs } from '../domain/screen-facts.ts';
import type { ScreenReading } from '../domain/screen-reading.ts';
import type { Session } from '../domain/task.ts';
import { TerminalScreen } from '../lib/terminal-screen.ts';
import { initialSize, type TerminalSize } from '../ports/runtime.ts';
import type { TerminalAgent } from '../ports/terminal-agent.ts';
import type { RunContext } from './context.ts';
import { Notebook } from './notebook.ts';

/** Turns what an agent's hooks tell and what its screen shows into facts about it. */
export class TerminalHearing {
  readonly agent: TerminalAgent;
  readonly #clock: RunContext['clock'];
  readonly #screen = new TerminalScreen(initialSize);
  readonly #notebook: Notebook;
  readonly #decoder = new TextDecoder();
  #state: unknown;
  #drawn = true;
  /** When the last of it came, where that was before this daemon. */
  #drawnAt: number | null = null;
  /** By the clock that never jumps: since when it shows what it shows, and when the facts changed last. */
  #shownSince: number;
  #toldAt: number;
  #toldApartAt = 0;
  #talk: readonly string[] = [];
  /** What it showed to have taken last. */
  lastTold = '';

  constructor(context: RunContext, session: Session, agent: TerminalAgent) {
    this.agent = agent;
    this.#clock = context.clock;
    this.#state = agent.begin();
    this.#notebook = new Notebook(context, session, { keepsLog: true });
    this.#shownSince = context.clock.monotonic();
    this.#toldAt = this.#shownSince;
  }

  get facts(): AgentFacts {
    return this.#notebook.facts;
  }

  get claim(): string | null {
    return this.#notebook.claim;
  }

  /** For how long it has shown what it shows, and nothing else was told meanwhile. */
  get heldMs(): number {
    return this.#clock.monotonic() - Math.max(this.#shownSince, this.#toldAt);
  }

  /** What its hooks told at `at`; null is the end. What of it is evidence. */
  hear(bytes: Uint8Array | null, at: number): Observation[] {
    const text =
      bytes === null ? `${this.#decoder.decode()}\n` : this.#decoder.decode(bytes, { stream: true });
    const step = this.agent.interpret(text, this.#state);
    this.#state = step.state;
    this.#notebook.change({ heardAt: at });
    const evidence = this.#note(step.observations, at, 'hook');
    this.#notebook.publish();
    return evidence;
  }

  /** What is drawn in a terminal of that size; `at`: then, or before that, under an earlier daemon. */
  async show(bytes: Uint8Array, size: TerminalSize, at: number | null): Promise<void> {
    this.#drawnAt = at;
    this.#drawn = true;
    await this.#screen.print(bytes, size);
  }

  /** Reads the screen, where anything was drawn since, or what it shows may have come to mean more. What of it is evidence. */
  async look(): Promise<{ evidence: Observation[]; isAlive: boolean }> {
    await this.#screen.draw();
    const now = this.#clock.now();
    let isAlive = false;
    if (this.#drawn && !this.#screen.drawing) isAlive = this.#read(now);
    const { screen } = this.facts;
    if (screen === null) return { evidence: [], isAlive };
    const look = { reading: screen, heldMs: this.heldMs, hooks: this.agent.hooks };
    return { evidence: this.#note(seenOnScreen(this.facts, look), this.#drawnAt ?? now, 'screen'), isAlive };
  }

  /** What it was told last and does not know any more; empty where it does. */
  get forgotten(): string {
    const isForgotten = this.agent.forgets?.(this.#state) === true;
    return isForgotten && this.facts.end?.outcome === 'interrupted' ? this.lastTold : '';
  }

  /** Whether waiting alone may change what the screen means. */
  get isSettling(): boolean {
    return this.heldMs <= settleMs * 2;
  }

  /** The agent is gone: what it asked is not open any more, and what stands on its screen was its last word. */
  async end(): Promise<void> {
    await this.#screen.draw();
    const now = this.#clock.now();
    if (this.#drawn) this.#read(now);
    const { screen, end } = this.facts;
    if (end === null && screen?.state === 'failed') {
      this.#note([{ kind: 'turn_ended', outcome: 'failed', failure: screen.failure }], now, 'screen');
    }
    this.#notebook.endLog();
    this.#notebook.change({ asked: [], screen: null });
    this.#notebook.publish();
    this.#screen.close();
  }

  /** True where more has changed than what turns or counts while an agent waits. */
  #read(now: number): boolean {
    const rows = this.#screen.rows();
    const { title, declared } = this.#screen;
    const seen = this.agent.readScreen(rows, { bright: this.#screen.brightRows(rows), title, declared });
    if (this.#isHalfDrawn(seen)) return false;
    this.#drawn = false;
    const reading = { ...this.#notebook.withoutSecrets(seen), draft: seen.draft }; // that is compared, and shown to nobody
    const before = this.facts.screen;
    const isSame = before !== null && showsTheSame(before, reading);
    if (!isSame) this.#shownSince = this.#clock.monotonic();
    const talk = rowsOfTalk(rows, seen);
    const isAlive = saysMore(this.#talk, talk);
    this.#talk = talk;
    const since = isSame ? before.since : now;
    this.#notebook.change({ screen: { ...reading, since }, ...(isAlive ? { heardAt: now } : {}) });
    if (isAlive || !isSame) this.#notebook.publish(); // nobody is told that a spinner turned
    return isAlive;
  }

  /** Some erase all that they draw before they draw it again. What cannot be told of an agent at work counts when it stays. */
  #isHalfDrawn({ state }: ScreenReading): boolean {
    const now = this.#clock.monotonic();
    if (state !== 'unknown') this.#toldApartAt = now;
    return (
      this.facts.screen?.state === 'working' && now - this.#toldApartAt < settleMs && state === 'unknown'
    );
  }

  #note(observations: readonly Observation[], at: number, source: 'hook' | 'screen'): Observation[] {
    if (observations.length === 0) return []; // as at nearly every look
    const told = observations.findLast((seen) => seen.kind === 'received');
    if (told?.text !== undefined) this.lastTold = told.text;
    this.#toldAt = this.#clock.monotonic();
    const evidence = this.#notebook.note(observations, at, source);
    this.#notebook.publish();
    return evidence;
  }
}

function showsTheSame(one: ScreenReading, other: ScreenReading): boolean {
  const titleOf = (reading: ScreenReading): string => ('title' in reading ? reading.title : '');
  return one.state === other.state && titleOf(one) === titleOf(other) && one.draft === other.draft;
}
