import type { CheckContext, Instrumentation } from '../../../ports/check-format.ts';

/** TAP is printed by itself or not at all. */
export function instrument(_context: CheckContext): Instrumentation | null {
  return null;
}
