/** Time as a port, so that the engine can be driven by a test. Milliseconds. */
export interface Clock {
  /** Wall clock, for display and for rows. */
  now(): number;
  /** Never jumps; for timeouts and durations. */
  monotonic(): number;
}
