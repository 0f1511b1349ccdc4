import { AoError } from '../domain/errors.ts';
import type { Agent } from '../ports/agent.ts';
import type { Runtime } from '../ports/runtime.ts';
import { anyAcpAgent } from './agents/acp/index.ts';
import { geminiAgent, kilocodeAgent, kimiAgent, opencodeAgent, qwenAgent } from './agents/acp/named.ts';
import { claudeCodeAgent } from './agents/claude-code/index.ts';
import { codexAgent } from './agents/codex/index.ts';
import { commandAgent } from './agents/command/index.ts';
import { piAgent } from './agents/pi/index.ts';
import { scriptedAgent } from './agents/scripted/index.ts';
import { processRuntime } from './runtimes/process/index.ts';
import { tmuxRuntime } from './runtimes/tmux/index.ts';

/** Every built-in agent, a line each. */
const agents: readonly Agent[] = [
  commandAgent,
  scriptedAgent,
  claudeCodeAgent,
  codexAgent,
  anyAcpAgent,
  kimiAgent,
  kilocodeAgent,
  opencodeAgent,
  geminiAgent,
  qwenAgent,
  piAgent,
];

/** What people also call them. */
const aliases: Readonly<Record<string, string>> = { claude: 'claude-code', kimicode: 'kimi' };

/** By which an agent can be asked for. */
export const agentNames: readonly string[] = [...agents.map(({ name }) => name), ...Object.keys(aliases)];

/** Rejects an unknown name with the names that are known. */
export function findAgent(name: string): Agent {
  const agent = agents.find((known) => known.name === (aliases[name] ?? name));
  if (agent) return agent;
  const names = agents.map((known) => known.name).join(', ');
  throw new AoError('usage', `There is no agent "${name}".`, `Choose one of: ${names}.`);
}

/** Every built-in runtime, a line each. Terminals live on the tmux server at that socket. */
export function makeRuntimes(socket: string): (name: string) => Runtime {
  const runtimes: readonly Runtime[] = [processRuntime, tmuxRuntime(socket)];
  return (name) => {
    const runtime = runtimes.find((known) => known.name === name);
    if (runtime) return runtime;
    const names = runtimes.map((known) => known.name).join(', ');
    throw new AoError('usage', `There is no runtime "${name}".`, `Choose one of: ${names}.`);
  };
}
