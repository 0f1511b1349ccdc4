import path from 'node:path';
import type { Observation } from '../domain/agent-facts.ts';
import type { RuntimeHandle, Session } from '../domain/task.ts';
import { Bell } from '../lib/bell.ts';
import { eventsFile } from '../ports/terminal-agent.ts';
import type { RunContext } from './context.ts';
import { knownOf } from './followed.ts';
import { OutputCap } from './output-cap.ts';
import { SilenceWatch } from './silence-watch.ts';
import type { TerminalHearing } from './terminal-hearing.ts';
import type { TerminalTalk } from './terminal-talk.ts';

/** A program that draws is looked at when it pauses for this long, and this often while it does not pause. */
const pauseMs = 100;
const busyMs = 500;
/** How soon waiting alone may change what is known, and how soon it may where nothing has happened for a while. */
const settlingMs = 500;
const stillMs = 5000;

interface Known {
  bytes: number;
  at: number;
}

/** Reads what hooks tell and what the terminal draws, and looks at the screen when there is something to see. */
export class TerminalWatch {
  readonly #parts: TerminalWatchParts;
  readonly #bell = new Bell();
  /** Of earlier daemons' time, until all of it was read. */
  readonly #told: Observation[] = [];
  readonly #heard = Promise.withResolvers<Known>();
  readonly #seen = Promise.withResolvers<Known>();
  #silence: SilenceWatch | null = null;

  constructor(parts: TerminalWatchParts) {
    this.#parts = parts;
  }

  nudge(): void {
    this.#bell.ring();
  }

  end(): void {
    this.#silence?.end();
  }

  async hear(signal: AbortSignal): Promise<void> {
    const { context, handle, hearing, talk } = this.#parts;
    const known = await knownOf(eventsFile(handle.dir));
    const runtime = context.findRuntime(handle.runtime);
    let read = 0;
    if (known.bytes === 0) this.#heard.resolve(known);
    for await (const bytes of runtime.followEvents(handle, signal)) {
      const isNew = read >= known.bytes;
      read += bytes.length;
      const evidence = hearing.hear(bytes, isNew ? context.clock.now() : known.at);
      if (isNew) talk.gather(evidence);
      else this.#told.push(...evidence);
      if (read >= known.bytes) this.#heard.resolve(known);
      this.#silence?.heard();
      this.#bell.ring();
    }
    this.#heard.resolve(known);
  }

  async see(signal: AbortSignal): Promise<void> {
    const { context, handle, hearing } = this.#parts;
    const known = await knownOf(path.join(handle.dir, 'output.log'));
    const runtime = context.findRuntime(handle.runtime);
    let read = await runtime.keptFrom(handle);
    const cap = new OutputCap(context, handle, read);
    if (read >= known.bytes) this.#seen.resolve(known);
    for await (const bytes of runtime.follow(handle, read, signal)) {
      read += bytes.length;
      await hearing.show(bytes);
      if (read >= known.bytes) this.#seen.resolve(known);
      this.#bell.ring();
      await cap.keepBelow(read);
    }
    this.#seen.resolve(known);
  }

  /** Until `signal`. */
  async look(signal: AbortSignal): Promise<void> {
    const { context, session, hearing, talk } = this.#parts;
    const known = await Promise.all([this.#heard.promise, this.#seen.promise]);
    if (signal.aborted) return;
    const lastAt = Math.max(...known.map(({ at }) => at));
    hearing.look();
    await talk.recall(this.#told);
    context.live.setRead(session.id);
    this.#silence = new SilenceWatch(context, session, context.clock.now() - lastAt);
    while (!signal.aborted) {
      const { evidence, isAlive } = hearing.look();
      if (isAlive) this.#silence.heard();
      talk.gather(evidence);
      await talk.next();
      await this.#untilWorthALook(signal);
    }
  }

  async #untilWorthALook(signal: AbortSignal): Promise<void> {
    const { hearing } = this.#parts;
    const rang = await this.#bell.next(hearing.isSettling ? settlingMs : stillMs, signal);
    const over = performance.now() + busyMs;
    for (let draws = rang; draws && performance.now() < over && !signal.aborted; ) {
      draws = await this.#bell.next(pauseMs, signal);
    }
  }
}

export interface TerminalWatchParts {
  context: RunContext;
  session: Session;
  handle: RuntimeHandle;
  hearing: TerminalHearing;
  talk: TerminalTalk;
}
