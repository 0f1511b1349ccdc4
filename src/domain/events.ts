/** One row of the append-only log. Everything that is shown can be derived from rows. */
export interface Event {
  /** Grows by one with each row, without gaps. */
  seq: number;
  /** Milliseconds since the epoch, for display only. */
  at: number;
  run: string | null;
  task: string | null;
  session: string | null;
  /** `<noun>.<what happened>`: `task.claim`, `session.end`, `tree.checked`, `landing.confirm`, … */
  type: string;
  body: Record<string, unknown>;
}

export type NewEvent = Omit<Event, 'seq' | 'at'>;
