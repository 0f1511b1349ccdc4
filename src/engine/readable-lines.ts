import type { AgentFailure, Observation } from '../domain/agent-facts.ts';

/** What people read of an observation, whole lines; empty where it says nothing to them. */
export function readableLines(observation: Observation): string {
  switch (observation.kind) {
    case 'line':
      return `${observation.text}\n`;
    case 'permission':
      return `? asks: ${observation.request.title}\n`;
    case 'refused':
      return `! it did not take a message: ${observation.text}\n`;
    case 'retrying': {
      const { failure, delayMs } = observation;
      const when = delayMs === null ? '' : ` in ${Math.ceil(delayMs / 1000)} s`;
      return `! ${told(failure)}; asks again${when}\n`;
    }
    case 'turn_ended':
      return observation.outcome === 'failed'
        ? `! its turn failed: ${told(observation.failure)}\n`
        : `- its turn is ${observation.outcome === 'completed' ? 'over' : 'interrupted'}\n`;
    default:
      return '';
  }
}

function told({ class: kind, message }: AgentFailure): string {
  return `${kind}: ${message.replaceAll(/\s*\n\s*/g, ' ')}`;
}
