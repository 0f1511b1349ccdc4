// Any agent that is talked to, recorded through its own adapter: what that writes is what the client gets, in every scenario there is.
import { findAgent } from '../../../src/adapters/registry.ts';
import type { Agent, Intent, LaunchSpec, Observation } from '../../../src/ports/agent.ts';
import { always, commands } from '../../support/model-server/scenario.ts';
import type { ModelServer } from '../../support/model-server/server.ts';
import { waitFor } from '../../support/wait-for.ts';
import { faults, type Recording } from './recordings.ts';
import type { Take } from './take.ts';

/** An agent that neither answers nor fails for so long is ended by a signal, as by a watchdog. */
const watchdogMs = 20_000;

/** What a daemon does: it reads, and writes what the adapter wants written. */
class Talk {
  readonly #take: Take;
  readonly #agent: Agent;
  #state: unknown;
  #told = 0;

  constructor(take: Take, agent: Agent, permissions: LaunchSpec['permissions']) {
    this.#take = take;
    this.#agent = agent;
    const { state, replies } = agent.begin({ workspace: take.place.workspace, model: null, permissions });
    this.#state = state;
    this.#write(replies);
  }

  /** The first of that kind; null where it does not come in time. */
  async next<Kind extends Observation['kind']>(kind: Kind, timeoutMs = 60_000): Promise<OfKind<Kind> | null> {
    let found: OfKind<Kind> | null = null;
    await this.#take.next((message) => {
      const { state, replies, observations } = this.#agent.interpret(
        `${JSON.stringify(message)}\n`,
        this.#state,
      );
      this.#state = state;
      this.#write(replies);
      found ??= observations.find((each): each is OfKind<Kind> => each.kind === kind) ?? null;
      return found !== null;
    }, timeoutMs);
    return found;
  }

  message(text = 'Write hello.txt.'): void {
    this.#told += 1;
    this.#tell({ kind: 'message', id: `message-${this.#told}`, text });
  }

  interrupt(): void {
    this.#told += 1;
    this.#tell({ kind: 'interrupt', id: `interrupt-${this.#told}` });
  }

  async answer(allow: boolean): Promise<void> {
    const asked = await this.next('permission');
    this.#tell({ kind: 'answer', request: asked?.request.id ?? '', allow, reason: 'Not now.' });
  }

  #tell(intent: Intent): void {
    const line = this.#agent.encode(intent, this.#state);
    if (line === null) throw new Error(`${this.#agent.name} cannot be told ${intent.kind} now`);
    this.#write([line]);
  }

  #write(lines: readonly string[]): void {
    for (const line of lines) this.#take.send(JSON.parse(line));
  }
}

type OfKind<Kind> = Observation & { kind: Kind };

/** False: it said nothing for so long. */
type Act = (talk: Talk, server: ModelServer) => Promise<boolean>;

const oneTurn: Act = async (talk) => {
  talk.message();
  return (await talk.next('turn_ended', watchdogMs)) !== null;
};

const answered =
  (allow: boolean): Act =>
  async (talk) => {
    talk.message();
    await talk.answer(allow);
    return (await talk.next('turn_ended')) !== null;
  };

const unanswered: Act = async (talk) => {
  talk.message();
  return (await talk.next('permission')) !== null;
};

const followUp: Act = async (talk) => {
  talk.message('First.');
  await talk.next('turn_ended');
  talk.message('Second.');
  return (await talk.next('turn_ended')) !== null;
};

const whileBusy: Act = async (talk, server) => {
  talk.message();
  await waitFor('the request', () => server.log.asked('slow').length > 0, 30_000);
  await talk.next('turn_started');
  talk.message('Say hello too. [[scenario:hello]]');
  return (await talk.next('turn_ended')) !== null;
};

const interrupted: Act = async (talk, server) => {
  talk.message();
  await waitFor('the request', () => server.log.asked('slow').length > 0, 30_000);
  await talk.next('turn_started');
  talk.interrupt();
  await talk.next('turn_ended', 15_000);
  talk.message('Say hello instead. [[scenario:hello]]');
  return (await talk.next('turn_ended')) !== null;
};

const interruptedCommand: Act = async (talk, server) => {
  server.scenario('nap', always(...commands(['sleep 60'], 'TASK COMPLETE: slept')));
  talk.message('Sleep. [[scenario:nap]]');
  await talk.next('line'); // what it says, then what it does
  await talk.next('line');
  talk.interrupt();
  return (await talk.next('turn_ended', 15_000)) !== null;
};

const refused: Act = async (talk, server) => {
  await server.close();
  return oneTurn(talk, server);
};

export function dialogRecordings(name: string): readonly Recording[] {
  const agent = findAgent(name);
  const recording = (of: string, scenario: string, act: Act): Recording => {
    const permissions = scenario === 'permission' ? 'ask' : 'yolo';
    return {
      name: of,
      scenario,
      agent,
      permissions,
      patienceMs: 3000,
      drive: async (take, server) => {
        const talk = new Talk(take, agent, permissions);
        await talk.next('conversation');
        if (await act(talk, server)) take.closeInput();
      },
    };
  };
  return [
    recording('success', 'write', oneTurn),
    recording('permission-allowed', 'permission', answered(true)),
    recording('permission-denied', 'permission', answered(false)),
    recording('permission-unanswered', 'permission', unanswered),
    recording('follow-up', 'hello', followUp),
    recording('follow-up-busy', 'slow', whileBusy),
    recording('interrupt', 'slow', interrupted),
    recording('interrupt-command', 'write', interruptedCommand),
    recording('refused', 'write', refused),
    ...faults.map((fault) => recording(fault, fault, oneTurn)),
  ];
}
