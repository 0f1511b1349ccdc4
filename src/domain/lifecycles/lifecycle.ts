/** A closed set of states, the only legal moves between them, and nothing else. */
export interface Lifecycle<S extends string, E extends string> {
  name: string;
  initial: S;
  /** States in which nothing is owed any more (a person may still reopen some). */
  final: readonly S[];
  transitions: Record<S, Partial<Record<E, S>>>;
}

/** The state that `event` leads to, or null where the table does not allow it. */
export function nextState<S extends string, E extends string>(
  lifecycle: Lifecycle<S, E>,
  state: S,
  event: E,
): S | null {
  return lifecycle.transitions[state][event] ?? null;
}
