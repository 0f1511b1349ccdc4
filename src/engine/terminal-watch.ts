import { statSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Observation } from '../domain/agent-facts.ts';
import type { RuntimeHandle, Session } from '../domain/task.ts';
import { untilBeat } from '../lib/beat.ts';
import { Bell } from '../lib/bell.ts';
import { initialSize, mostHeldBack } from '../ports/runtime.ts';
import { eventsFile } from '../ports/terminal-agent.ts';
import type { RunContext } from './context.ts';
import { knownOf } from './followed.ts';
import { OutputCap } from './output-cap.ts';
import { SilenceWatch } from './silence-watch.ts';
import type { TerminalHearing } from './terminal-hearing.ts';
import type { TerminalTalk } from './terminal-talk.ts';

/** A program that begins to draw is looked at when it pauses for this long; one that draws all the time, this often. */
const pauseMs = 100;
const paceMs = 1000;
/** A spinner draws ten times a second: what it drew meanwhile is taken at once. What comes in a burst is not waited for. */
const gatherMs = 250;
const burstBytes = 4096;
/** A client draws a frame at once, which comes in pieces: it is whole when no more of it came for this long. One that never pauses is looked at all the same. */
const frameMs = 10;
const mostFrameMs = 500;
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
  /** Cuts short the time in which output is gathered. */
  readonly #readOn = new Bell();
  /** How far the output was read. */
  #read = 0;
  /** Of earlier daemons' time, until all of it was read. */
  readonly #told: Observation[] = [];
  readonly #heard = Promise.withResolvers<Known>();
  readonly #seen = Promise.withResolvers<Known>();
  #silence: SilenceWatch | null = null;
  #isUrgent = false;

  constructor(parts: TerminalWatchParts) {
    this.#parts = parts;
  }

  /** Somebody has something to say, or was told something. */
  nudge(): void {
    this.#isUrgent = true;
    this.#bell.ring();
  }

  end(): void {
    this.#silence?.end();
    this.#bell.close();
    this.#readOn.close();
  }

  hear(signal: AbortSignal): Promise<void> {
    return this.#hear(signal).catch((error: unknown) => givenUp(this.#heard, error));
  }

  see(signal: AbortSignal): Promise<void> {
    return this.#see(signal).catch((error: unknown) => givenUp(this.#seen, error));
  }

  async #hear(signal: AbortSignal): Promise<void> {
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
      this.nudge();
    }
    this.#heard.resolve(known);
  }

  async #see(signal: AbortSignal): Promise<void> {
    const { context, handle, hearing } = this.#parts;
    const known = await knownOf(outputOf(handle));
    const runtime = context.findRuntime(handle.runtime);
    this.#read = await runtime.keptFrom(handle);
    const cap = new OutputCap(context, handle, this.#read);
    if (this.#hasRead(known.bytes)) this.#seen.resolve(known);
    for await (const bytes of runtime.follow(handle, this.#read, signal)) {
      const before = this.#read < known.bytes ? known.at : null;
      this.#read += bytes.length;
      await hearing.show(bytes, (await runtime.terminalSize(handle)) ?? initialSize, before);
      if (this.#hasRead(known.bytes)) this.#seen.resolve(known);
      this.#bell.ring();
      await cap.keepBelow(this.#read);
      if (bytes.length < burstBytes) await this.#readOn.next(untilBeat(gatherMs), signal);
    }
    this.#seen.resolve(known);
  }

  #hasRead(bytes: number): boolean {
    return bytes <= this.#read + mostHeldBack;
  }

  /** What is drawn is looked at where the program has paused, if it ever does. */
  async #look(signal: AbortSignal): Promise<{ evidence: Observation[]; isAlive: boolean }> {
    const { context, handle, hearing } = this.#parts;
    for (const began = performance.now(); performance.now() - began < mostFrameMs && !signal.aborted; ) {
      const output = statSync(outputOf(handle), { throwIfNoEntry: false });
      const isRead = this.#hasRead(output?.size ?? 0);
      if (isRead && context.clock.now() - (output?.mtimeMs ?? 0) >= frameMs) break;
      if (!isRead) this.#readOn.ring();
      await delay(frameMs, undefined, { signal }).catch(() => {});
    }
    return hearing.look();
  }

  /** Until `signal`. */
  async look(signal: AbortSignal): Promise<void> {
    const { context, session, hearing, talk } = this.#parts;
    const known = await Promise.all([this.#heard.promise, this.#seen.promise]);
    if (signal.aborted) return;
    const lastAt = Math.max(...known.map(({ at }) => at));
    await this.#look(signal);
    await talk.recall(this.#told);
    context.live.setRead(session.id);
    this.#silence = new SilenceWatch(context, session, context.clock.now() - lastAt);
    for (let talkedAt = -stillMs; !signal.aborted; ) {
      const { evidence, isAlive } = await this.#look(signal);
      if (isAlive) this.#silence.heard();
      talk.gather(evidence);
      const lookedAt = performance.now();
      const mayTalk = this.#isUrgent || evidence.length > 0 || hearing.isSettling || talk.isUnderWay;
      if (mayTalk || lookedAt - talkedAt >= stillMs) {
        this.#isUrgent = false;
        talkedAt = lookedAt;
        await talk.next();
      }
      await this.#untilWorthALook(lookedAt, signal);
    }
  }

  async #untilWorthALook(lookedAt: number, signal: AbortSignal): Promise<void> {
    const { hearing, talk } = this.#parts;
    const isWaiting = hearing.isSettling || talk.isUnderWay;
    await this.#bell.next(isWaiting ? settlingMs : stillMs, signal);
    const left = (): number => lookedAt + untilBeat(paceMs, lookedAt) - performance.now();
    for (let draws = true; draws && !this.#isUrgent && left() > 0 && !signal.aborted; ) {
      draws = await this.#bell.next(isWaiting ? Math.min(left(), pauseMs) : left(), signal);
    }
  }
}

/** Whoever waits for what was known before must not wait for ever. */
function givenUp(waiting: PromiseWithResolvers<Known>, error: unknown): never {
  waiting.reject(error);
  throw error;
}

export interface TerminalWatchParts {
  context: RunContext;
  session: Session;
  handle: RuntimeHandle;
  hearing: TerminalHearing;
  talk: TerminalTalk;
}

const outputOf = ({ dir }: RuntimeHandle): string => path.join(dir, 'output.log');
