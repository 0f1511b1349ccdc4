/**
 * Decides what the merge queue does next. A batch is a list of entries that are merged onto the current head in the
 * order of the queue; its key is `batchKey(ids)`. All outcomes are relative to the current head: whoever moves the head
 * forgets them.
 *
 * A batch that passed lands. In a batch that failed, the shortest failing prefix whose predecessor passed is searched
 * for; its last entry is the culprit and goes back at once: the very tree that testing it alone after the landing of
 * that predecessor would give has been tested already. So two changes that are good alone and break together cost the
 * later one. What passed before the culprit lands next.
 *
 * A failure that was seen once is a suspicion: it leads the search, and only the prefix that the search ends with is
 * confirmed by a second run. The failures on the way there were shown again by that shorter prefix.
 *
 * Those who join while a batch is tested need not wait for its end: a free runner tests the batch with them, once. Then
 * nothing lands before that test has ended, and it is all that landing waits for.
 *
 * No entry starves: each decision tests a batch that was not tested on this head, confirms one that was not confirmed,
 * or takes entries off the queue, and the first entry is part of every batch. Newcomers only join at the end.
 */
export interface QueueState {
  /** In the order of the queue. */
  entries: readonly { id: string }[];
  /** Entries to try at once; see `nextWindow`. */
  window: number;
  /** Batches that may be tested side by side. */
  runners: number;
  /**
   * By key. `suspect`: it failed, and is to be confirmed before that costs an entry its place. `conflict`: the last entry of that batch does not merge onto the head with the ones before it, which do.
   * Whoever builds a batch records it under the prefix that ends with the entry in conflict, not under the whole batch:
   * only then is it known which entry to leave out.
   */
  outcomes: ReadonlyMap<string, BatchOutcome>;
  /** Keys of the batches that are being tested now. */
  testing: ReadonlySet<string>;
}

export type BatchOutcome = 'passed' | 'suspect' | 'failed' | 'conflict';

export type QueueDecision =
  | { kind: 'idle' }
  /** Something has to end first. */
  | { kind: 'wait' }
  /** Start these; at most as many as runners are free. */
  | { kind: 'test'; batches: string[][] }
  /** Run again what failed in `batch`, a suspect; beside it a free runner tests what comes next without its last entry. */
  | { kind: 'confirm'; batch: string[]; beside: string[] | null }
  | { kind: 'land'; batch: string[] }
  /** `because`: the smallest batch that shows it, the entry last. */
  | { kind: 'reject'; entry: string; cause: 'failed' | 'conflict'; because: string[] };

export const LARGEST_WINDOW = 16;

export function batchKey(ids: readonly string[]): string {
  return ids.join('+');
}

export function planQueue(state: QueueState): QueueDecision {
  const first = state.entries[0];
  if (first === undefined) return { kind: 'idle' };
  if (state.outcomes.get(first.id) === 'conflict') {
    return { kind: 'reject', entry: first.id, cause: 'conflict', because: [first.id] };
  }
  const line = mergeable(state);
  const lengths = knownLengths(line, state);
  const passing = Math.max(0, ...lengths.passed);
  const failing = Math.min(...lengths.failed.filter((length) => length > passing));
  if (failing === passing + 1) return settle(state, line, passing);
  if (failing !== Number.POSITIVE_INFINITY) return search(state, line, { passing, failing });
  const longer = lengths.testing.filter((length) => length > passing);
  if (passing > 0)
    return longer.length > 0 ? { kind: 'wait' } : { kind: 'land', batch: line.slice(0, passing) };
  const batch = firstPlaces(state.entries, state.window, line);
  const [under = 0, ...others] = longer;
  const isNext = others.length === 0 && batch.length > under;
  if (!isNext || state.testing.size >= state.runners) return { kind: 'wait' };
  return { kind: 'test', batches: [batch] };
}

/** The entry behind the `passing` first ones of the line is the culprit, unless a second run says otherwise. */
function settle(state: QueueState, line: string[], passing: number): QueueDecision {
  const because = line.slice(0, passing + 1);
  const without = nextWithout(state, line, passing);
  if (state.outcomes.get(batchKey(because)) === 'failed') {
    // What is tested beside the confirmation ends about now; a landing before its end would waste it.
    if (state.testing.has(batchKey(without))) return { kind: 'wait' };
    return { kind: 'reject', entry: because[passing] ?? '', cause: 'failed', because };
  }
  const free = state.runners - state.testing.size;
  if (free < 1 || state.testing.has(batchKey(because))) return { kind: 'wait' };
  const isNew = without.length > passing && !state.outcomes.has(batchKey(without));
  return { kind: 'confirm', batch: because, beside: free > 1 && isNew ? without : null };
}

/**
 * What is tried next once the culprit is gone and what passed before it has landed, as it can be merged already now: on
 * this head with what passed, which gives the tree that it has then.
 */
function nextWithout({ entries, window }: QueueState, line: string[], passing: number): string[] {
  const decided = new Set(line.slice(0, passing + 1));
  const rest = entries.filter(({ id }) => !decided.has(id));
  const next = firstPlaces(rest, nextWindow(window, 'rejected'), line);
  return [...line.slice(0, passing), ...next];
}

/** The window after a batch landed, or after an entry was rejected because its batch failed. */
export function nextWindow(window: number, result: 'landed' | 'rejected'): number {
  return result === 'landed' ? Math.min(LARGEST_WINDOW, window * 2) : Math.max(1, Math.floor(window / 2));
}

/**
 * The queue without the entries that conflict with those before them. They keep their place: once what is before them
 * has landed or gone, they stand first and are judged against the head alone.
 */
function mergeable({ entries, outcomes }: QueueState): string[] {
  const line: string[] = [];
  for (const { id } of entries) {
    if (outcomes.get(batchKey([...line, id])) !== 'conflict') line.push(id);
  }
  return line;
}

/**
 * What of the line stands at the first `window` places. A newcomer never fills the place of an entry that was left out:
 * newcomers that conflict, one after another, could otherwise keep the first entry waiting for ever.
 */
function firstPlaces(entries: QueueState['entries'], window: number, line: string[]): string[] {
  const places = new Set(entries.slice(0, Math.max(1, window)).map(({ id }) => id));
  return line.filter((id) => places.has(id));
}

/** What is known of the prefixes of the line, as their lengths. */
function knownLengths(line: string[], { outcomes, testing }: QueueState): Record<Known, number[]> {
  const lengths: Record<Known, number[]> = { passed: [], failed: [], testing: [] };
  for (let length = 1; length <= line.length; length++) {
    const key = batchKey(line.slice(0, length));
    const outcome = outcomes.get(key);
    if (outcome === 'passed') lengths.passed.push(length);
    else if (outcome === 'failed' || outcome === 'suspect') lengths.failed.push(length);
    else if (testing.has(key)) lengths.testing.push(length);
  }
  return lengths;
}

type Known = 'passed' | 'failed' | 'testing';

/** Prefixes between one that passed and one that failed, as many as runners are free. */
function search(
  state: QueueState,
  line: string[],
  bounds: { passing: number; failing: number },
): QueueDecision {
  const free = state.runners - state.testing.size;
  const { passing, failing } = bounds;
  const taken = knownLengths(line, state).testing.filter((length) => length > passing && length < failing);
  const lengths = taken.length === 0 ? splitEvenly(passing, failing, free) : fillGaps(bounds, taken, free);
  if (lengths.length === 0) return { kind: 'wait' };
  return { kind: 'test', batches: lengths.map((length) => line.slice(0, length)) };
}

/** Up to `count` whole numbers that part the open interval into equal pieces. */
function splitEvenly(low: number, high: number, count: number): number[] {
  const points = Math.min(Math.max(count, 0), high - low - 1);
  return Array.from({ length: points }, (_, i) => low + Math.floor(((high - low) * (i + 1)) / (points + 1)));
}

/** Up to `count` more numbers, each in the middle of what is the widest gap then. */
function fillGaps(bounds: { passing: number; failing: number }, taken: number[], count: number): number[] {
  const marks = [bounds.passing, ...taken, bounds.failing].toSorted((a, b) => a - b);
  const added: number[] = [];
  while (added.length < count) {
    const gaps = marks.slice(1).map((mark, i) => ({ from: marks[i] ?? mark, to: mark }));
    const widest = gaps.reduce((best, gap) => (gap.to - gap.from > best.to - best.from ? gap : best));
    if (widest.to - widest.from < 2) break;
    const middle = Math.floor((widest.from + widest.to) / 2);
    added.push(middle);
    marks.splice(marks.indexOf(widest.to), 0, middle);
  }
  return added.toSorted((a, b) => a - b);
}
