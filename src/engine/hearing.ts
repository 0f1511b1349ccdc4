import type { AgentFacts, Observation } from '../domain/agent-facts.ts';
import type { Session } from '../domain/task.ts';
import type { Agent } from '../ports/agent.ts';
import type { RunContext } from './context.ts';
import { launchSpec } from './launch-spec.ts';
import { Notebook } from './notebook.ts';

/** What a piece of output calls for. */
export interface Heard {
  /** Lines that the agent's protocol wants written back. */
  replies: string[];
  /** What shows whether the agent has something that it was told. */
  evidence: Observation[];
}

type HearingContext = Pick<RunContext, 'findAgent' | 'options' | 'redactor' | 'sessionLogs' | 'live' | 'env'>;

/**
 * Turns an agent's output into facts about it. They follow from the output alone, so a daemon that comes back reads it from
 * the beginning and knows as much as the one before.
 */
export class Hearing {
  readonly agent: Agent;
  /** What is to be said before anything was heard. */
  readonly opening: Heard;
  /** The agent's state, which its adapter alone can read. */
  state: unknown;
  readonly #notebook: Notebook;
  readonly #decoder = new TextDecoder();

  constructor(context: HearingContext, session: Session) {
    this.agent = context.findAgent(session.agent);
    const { workspace, dir, takesUp = null } = session;
    const place = { prompt: '', promptFile: '', workspace: workspace.path, dir, environment: {}, takesUp };
    const { state, replies } = this.agent.begin(launchSpec(context.options, place));
    this.state = state;
    this.opening = { replies, evidence: [] };
    this.#notebook = new Notebook(context, session, { keepsLog: this.agent.capabilities.dialog });
  }

  get facts(): AgentFacts {
    return this.#notebook.facts;
  }

  /** The last line that claimed to be done. */
  get claim(): string | null {
    return this.#notebook.claim;
  }

  /** Output that was seen at `at`; null is its end: a last line without an end counts too. */
  hear(bytes: Uint8Array | null, at: number): Heard {
    const text =
      bytes === null ? `${this.#decoder.decode()}\n` : this.#decoder.decode(bytes, { stream: true });
    const step = this.agent.interpret(text, this.state);
    this.state = step.state;
    this.#notebook.change({ heardAt: at });
    const evidence = this.#notebook.note(step.observations, at);
    if (bytes === null) this.#notebook.endLog();
    this.#notebook.publish();
    return { replies: step.replies, evidence };
  }

  /** Those questions are not open any more, although the agent has not said so. */
  settle(requests: readonly string[]): void {
    const asked = this.facts.asked.filter(({ id }) => !requests.includes(id));
    if (asked.length === this.facts.asked.length) return;
    this.#notebook.change({ asked });
    this.#notebook.publish();
  }

  /** The agent is gone: what it asked is not open any more. */
  end(): void {
    this.settle(this.facts.asked.map(({ id }) => id));
  }
}
