import { stat } from 'node:fs/promises';
import type { AgentFacts } from '../domain/agent-facts.ts';

/** What an agent's whole output said. */
export interface Followed {
  /** Whether it talks: otherwise the facts say little. */
  dialog: boolean;
  claim: string | null;
  facts: AgentFacts;
}

/** What there is of a file already, and when the last of it came. */
export async function knownOf(file: string): Promise<{ bytes: number; at: number }> {
  const { size, mtimeMs } = await stat(file);
  return { bytes: size, at: Math.round(mtimeMs) };
}
