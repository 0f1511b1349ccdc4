import { AoError } from '../domain/errors.ts';
import type { Agent } from '../ports/agent.ts';
import { commandAgent } from './agents/command/index.ts';
import { scriptedAgent } from './agents/scripted/index.ts';

/** Every built-in agent, a line each. */
const agents: readonly Agent[] = [commandAgent, scriptedAgent];

/** Rejects an unknown name with the names that are known. */
export function findAgent(name: string): Agent {
  const agent = agents.find((known) => known.name === name);
  if (agent) return agent;
  const names = agents.map((known) => known.name).join(', ');
  throw new AoError('usage', `There is no agent "${name}".`, `Choose one of: ${names}.`);
}
