// The reader of each client's screen.
import { readScreen as claudeCode } from '../../../src/adapters/agents/claude-code/screen.ts';
import type { ScreenReader } from '../../../src/adapters/agents/screen-parts.ts';

export const readers: Readonly<Record<string, ScreenReader>> = {
  'claude-code': claudeCode,
};
