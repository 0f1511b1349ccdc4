import { type AgentFacts, nothingHeard } from '../domain/agent-facts.ts';

/** What is seen of living things and need not survive: last lines, what is being tested. Derived again after a restart. */
export class Live {
  readonly #lines = new Map<string, string>();
  readonly #activities = new Map<string, string>();
  readonly #facts = new Map<string, AgentFacts>();
  readonly #toldAt = new Map<string, number>();
  readonly #stuck = new Map<string, string>();
  readonly #readings = new Map<string, PromiseWithResolvers<void>>();
  readonly #listeners = new Map<string, () => void>();
  readonly #changed: () => void;

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  line(session: string): string | null {
    return this.#lines.get(session) ?? null;
  }

  setLine(session: string, text: string): void {
    this.#lines.set(session, text);
    this.#changed();
  }

  /** Of a session's agent, from its own output. */
  facts(session: string): AgentFacts {
    return this.#facts.get(session) ?? nothingHeard;
  }

  setFacts(session: string, facts: AgentFacts): void {
    this.#facts.set(session, facts);
    this.#changed();
  }

  /** When that session's agent was told what it has not shown to have; null where there is nothing of the kind. */
  toldAt(session: string): number | null {
    return this.#toldAt.get(session) ?? null;
  }

  setTold(session: string, at: number | null): void {
    if (at === null ? !this.#toldAt.delete(session) : this.#toldAt.has(session)) return;
    if (at !== null) this.#toldAt.set(session, at);
    this.#changed();
  }

  /** Why that session's agent is called stuck; null where it is not. */
  stuck(session: string): string | null {
    return this.#stuck.get(session) ?? null;
  }

  setStuck(session: string, because: string | null): void {
    if (this.stuck(session) === because) return;
    if (because === null) this.#stuck.delete(session);
    else this.#stuck.set(session, because);
    this.#changed();
  }

  /** All that a session's agent had printed under earlier daemons is known here: its facts can be relied on. */
  setRead(session: string): void {
    this.#reading(session).resolve();
  }

  untilRead(session: string): Promise<void> {
    return this.#reading(session).promise;
  }

  #reading(session: string): PromiseWithResolvers<void> {
    const known = this.#readings.get(session) ?? Promise.withResolvers<void>();
    this.#readings.set(session, known);
    return known;
  }

  /** Whoever talks with that session's agent is told when there is something new to say; returns what ends it. */
  listen(session: string, listener: () => void): () => void {
    this.#listeners.set(session, listener);
    return () => {
      if (this.#listeners.get(session) === listener) this.#listeners.delete(session);
    };
  }

  nudge(session: string): void {
    this.#listeners.get(session)?.();
  }

  /** `disk`: why the disk takes nothing; `run:<id>`: what the run is doing; `wait:<id>`: what it waits for; `trouble:<id>`: what went wrong; `queue:<id>`: what its merge queue is doing. */
  activity(of: string): string | null {
    return this.#activities.get(of) ?? null;
  }

  setActivity(of: string, text: string | null): void {
    if ((this.#activities.get(of) ?? null) === text) return;
    if (text === null) this.#activities.delete(of);
    else this.#activities.set(of, text);
    this.#changed();
  }
}
