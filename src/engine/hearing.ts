import { type AgentFacts, heard, nothingHeard, type Observation } from '../domain/agent-facts.ts';
import type { Session } from '../domain/task.ts';
import type { Agent } from '../ports/agent.ts';
import type { RunContext } from './context.ts';
import { launchSpec } from './launch-spec.ts';

/** What a piece of output calls for. */
export interface Heard {
  /** Lines that the agent's protocol wants written back. */
  replies: string[];
  /** What shows whether the agent has something that it was told. */
  evidence: Observation[];
}

/**
 * Turns an agent's output into facts about it. They follow from the output alone, so a daemon that comes back reads it from
 * the beginning and knows as much as the one before.
 */
export class Hearing {
  readonly agent: Agent;
  /** What is to be said before anything was heard. */
  readonly opening: Heard;
  facts: AgentFacts = nothingHeard;
  /** The agent's state, which its adapter alone can read. */
  state: unknown;
  /** The last line that claimed to be done. */
  claim: string | null = null;
  readonly #context: RunContext;
  readonly #session: Session;
  readonly #decoder = new TextDecoder();

  constructor(context: RunContext, session: Session) {
    this.#context = context;
    this.#session = session;
    this.agent = context.findAgent(session.agent);
    const place = { prompt: '', promptFile: '', workspace: session.workspace.path };
    const { state, replies } = this.agent.begin(launchSpec(context.options, place));
    this.state = state;
    this.opening = { replies, evidence: [] };
  }

  /** Output that was seen at `at`; null is its end: a last line without an end counts too. */
  hear(bytes: Uint8Array | null, at: number): Heard {
    const text =
      bytes === null ? `${this.#decoder.decode()}\n` : this.#decoder.decode(bytes, { stream: true });
    const step = this.agent.interpret(text, this.state);
    this.state = step.state;
    this.facts = { ...this.facts, heardAt: at };
    for (const observation of step.observations) this.#note(observation, at);
    this.#context.live.setFacts(this.#session.id, this.facts);
    return { replies: step.replies, evidence: step.observations.filter(({ kind }) => telling.has(kind)) };
  }

  /** The agent is gone: what it asked is not open any more. */
  end(): void {
    this.facts = { ...this.facts, asked: [] };
    this.#context.live.setFacts(this.#session.id, this.facts);
  }

  #note(observation: Observation, at: number): void {
    this.facts = heard(this.facts, observation, at);
    if (observation.kind === 'line') this.#context.live.setLine(this.#session.id, observation.text);
    if (observation.kind === 'claim') this.claim = observation.text;
  }
}

const telling: ReadonlySet<Observation['kind']> = new Set(['received', 'refused', 'settled', 'turn_ended']);
