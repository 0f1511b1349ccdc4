/**
 * Milliseconds until the next beat of a clock that all share. What is looked at over and over waits for that: to wake a process up costs
 * more than what there is to look at, and many who wait for one moment wake it once. A beat that is as good as there is left out, because
 * timers come early when the process is busy.
 */
export function untilBeat(periodMs: number, now = performance.now()): number {
  const left = Math.ceil(periodMs - (now % periodMs));
  return left > periodMs / 4 ? left : left + periodMs;
}
