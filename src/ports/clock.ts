/** Time as a port, so that the engine can be driven by a test. Milliseconds. */
export interface Clock {
  /** Wall clock, for display and for rows. */
  now(): number;
  /**
   * Never jumps and stands still while the machine sleeps; for timeouts and durations. One count for all processes from
   * one start of the machine to the next.
   */
  monotonic(): number;
}
