import { type AgentFacts, heard, nothingHeard, type Observation } from '../domain/agent-facts.ts';
import type { Session } from '../domain/task.ts';
import type { Agent } from '../ports/agent.ts';
import type { RedactedStream } from '../lib/redacted-stream.ts';
import type { RunContext } from './context.ts';
import { launchSpec } from './launch-spec.ts';
import { readableLines } from './readable-lines.ts';

/** What a piece of output calls for. */
export interface Heard {
  /** Lines that the agent's protocol wants written back. */
  replies: string[];
  /** What shows whether the agent has something that it was told. */
  evidence: Observation[];
}

type HearingContext = Pick<RunContext, 'findAgent' | 'options' | 'redactor' | 'sessionLogs' | 'live'>;

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
  readonly #context: HearingContext;
  readonly #session: Session;
  readonly #decoder = new TextDecoder();
  /** What it says, line by line: a key may go over several. */
  readonly #words: RedactedStream;
  readonly #write: (text: string) => void;

  constructor(context: HearingContext, session: Session) {
    this.#context = context;
    this.#session = session;
    this.agent = context.findAgent(session.agent);
    const { workspace, dir, takesUp = null } = session;
    const place = { prompt: '', promptFile: '', workspace: workspace.path, dir, environment: {}, takesUp };
    const { state, replies } = this.agent.begin(launchSpec(context.options, place));
    this.state = state;
    this.opening = { replies, evidence: [] };
    this.#words = context.redactor.stream('text');
    this.#write = this.agent.capabilities.dialog ? context.sessionLogs.append(session.dir) : () => {};
  }

  /** Output that was seen at `at`; null is its end: a last line without an end counts too. */
  hear(bytes: Uint8Array | null, at: number): Heard {
    const text =
      bytes === null ? `${this.#decoder.decode()}\n` : this.#decoder.decode(bytes, { stream: true });
    const step = this.agent.interpret(text, this.state);
    this.state = step.state;
    this.facts = { ...this.facts, heardAt: at };
    const seen = step.observations.map((observation) => this.#withoutSecrets(observation));
    for (const observation of seen) this.#note(observation, at);
    if (bytes === null) this.#say(this.#words.end());
    this.#context.live.setFacts(this.#session.id, this.facts);
    return { replies: step.replies, evidence: seen.filter(({ kind }) => telling.has(kind)) };
  }

  /** The agent is gone: what it asked is not open any more. */
  end(): void {
    this.facts = { ...this.facts, asked: [] };
    this.#context.live.setFacts(this.#session.id, this.facts);
  }

  #note(observation: Observation, at: number): void {
    this.facts = heard(this.facts, observation, at);
    this.#say(this.#words.take(readableLines(observation)));
    if (observation.kind === 'claim') this.claim = observation.text;
  }

  /** Lines are redacted together with those around them. */
  #withoutSecrets(observation: Observation): Observation {
    return observation.kind === 'line' ? observation : this.#context.redactor.deep(observation);
  }

  /** Whole lines that hold no secret any more. */
  #say(text: string): void {
    if (text === '') return;
    this.#write(text);
    const last = text.trimEnd().split('\n').at(-1) ?? '';
    this.#context.live.setLine(this.#session.id, last);
  }
}

const telling: ReadonlySet<Observation['kind']> = new Set(['received', 'refused', 'settled', 'turn_ended']);
