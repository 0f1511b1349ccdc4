import {
  type AgentFacts,
  type FactSource,
  heard,
  nothingHeard,
  type Observation,
} from '../domain/agent-facts.ts';
import { cutText } from '../domain/plain-text.ts';
import { type Shown, withResetTime } from '../domain/reset-time.ts';
import type { Session } from '../domain/task.ts';
import type { RedactedStream } from '../lib/redacted-stream.ts';
import type { RunContext } from './context.ts';
import { readableLines } from './readable-lines.ts';

/** What is known of one agent, without secrets: facts for people, a log in words, what shows whether it has what it was told. */
export class Notebook {
  facts: AgentFacts = nothingHeard;
  /** The last line that claimed to be done. */
  claim: string | null = null;
  readonly #live: RunContext['live'];
  readonly #redactor: RunContext['redactor'];
  readonly #session: Session;
  /** Of the agent. */
  readonly #zone: string;
  /** What it says, line by line: a key may go over several. */
  readonly #words: RedactedStream;
  readonly #write: (text: string) => void;

  constructor(
    { live, redactor, sessionLogs, env }: Pick<RunContext, 'live' | 'redactor' | 'sessionLogs' | 'env'>,
    session: Session,
    { keepsLog }: { keepsLog: boolean },
  ) {
    this.#live = live;
    this.#redactor = redactor;
    this.#session = session;
    this.#zone = zoneIn(env);
    this.#words = redactor.stream('text');
    this.#write = keepsLog ? sessionLogs.append(session.dir) : () => {};
  }

  /** Notes what was seen at `at`; what of it is evidence. */
  note(observations: readonly Observation[], at: number, source: FactSource = 'protocol'): Observation[] {
    const seen = observations.map((observation) =>
      withMoment(this.#clean(short(observation)), { at, zone: this.#zone }),
    );
    for (const observation of seen) {
      this.facts = heard(this.facts, observation, at, source);
      if (observation.kind === 'claim') this.claim = observation.text;
    }
    this.#say(this.#words.take(seen.map(readableLines).join('')));
    return seen.filter(({ kind }) => telling.has(kind));
  }

  /** For facts that are no observations. */
  withoutSecrets<T>(value: T): T {
    return this.#redactor.deep(value);
  }

  change(facts: Partial<AgentFacts>): void {
    this.facts = { ...this.facts, ...facts };
  }

  /** Shows the facts as they are now. */
  publish(): void {
    this.#live.setFacts(this.#session.id, this.facts);
  }

  /** Nothing more will be said. */
  endLog(): void {
    this.#say(this.#words.end());
  }

  /** Lines are redacted together with those around them; what it was told is only compared. */
  #clean(observation: Observation): Observation {
    const { kind } = observation;
    return kind === 'line' || kind === 'received' ? observation : this.#redactor.deep(observation);
  }

  /** Whole lines that hold no secret any more. */
  #say(text: string): void {
    if (text === '') return;
    this.#write(text);
    const last = text.trimEnd().split('\n').at(-1) ?? '';
    this.#live.setLine(this.#session.id, last);
  }
}

const telling: ReadonlySet<Observation['kind']> = new Set(['received', 'refused', 'settled', 'turn_ended']);

const longestReason = 4096;

/** Why something failed is written down: a client may put a whole answer there. */
function short(observation: Observation): Observation {
  if (observation.kind === 'refused')
    return { ...observation, text: cutText(observation.text, longestReason) };
  if (!('failure' in observation)) return observation;
  const { failure } = observation;
  return { ...observation, failure: { ...failure, message: cutText(failure.message, longestReason) } };
}

/** Its failure with the moment at which it is over, where only words told it. */
function withMoment(observation: Observation, shown: Shown): Observation {
  if (!('failure' in observation)) return observation;
  const failure = withResetTime(observation.failure, shown);
  if (observation.kind !== 'retrying' || observation.delayMs !== null || failure.resetAt === null)
    return { ...observation, failure };
  return { ...observation, failure, delayMs: Math.max(0, failure.resetAt - shown.at) };
}

/** Of programs that have these variables. */
function zoneIn({ TZ: zone = '' }: Readonly<Record<string, string>>): string {
  return zone.replace(/^:/, '') || new Intl.DateTimeFormat().resolvedOptions().timeZone;
}
