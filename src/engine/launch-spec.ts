import type { RunOptions } from '../domain/run.ts';
import type { LaunchSpec } from '../ports/agent.ts';

/** What a run's options ask of an agent, in that place. Options of runs from before there was a choice lack the newer ones. */
export function launchSpec(
  options: RunOptions,
  place: Pick<LaunchSpec, 'prompt' | 'promptFile' | 'workspace' | 'dir' | 'environment' | 'takesUp'>,
): LaunchSpec {
  const { agentCommand, agentScript, model = null, permissions = 'ask' } = options;
  return { ...place, command: agentCommand, script: agentScript, model, permissions };
}
