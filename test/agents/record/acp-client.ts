// The side of the Agent Client Protocol that an editor has: JSON-RPC over standard input and output.
import type { Agent } from '../../../src/ports/agent.ts';
import type { Message, Take } from './take.ts';

/** How the agent is told the mode it works in. */
export type Mode = { via: 'mode' | 'option'; value: string } | null;

export const isPermissionRequest = (message: Message): boolean =>
  message['method'] === 'session/request_permission';

const object = (value: unknown): Message => (value ?? {}) as Message;

/** Lets go of a turn where our adapter would. */
export class AcpClient {
  readonly #take: Take;
  readonly #agent: Agent | null;
  #state: unknown;
  #lastId = 0;
  #sessionId = '';

  constructor(take: Take, agent: Agent | null = null) {
    this.#take = take;
    this.#agent = agent;
    this.#state = agent?.begin({ workspace: take.place.workspace, model: null, permissions: 'ask' }).state;
  }

  async open(mode: Mode): Promise<void> {
    const fs = { readTextFile: false, writeTextFile: false };
    await this.#call('initialize', { protocolVersion: 1, clientCapabilities: { fs, terminal: false } });
    const opened = await this.#call('session/new', { cwd: this.#take.place.workspace, mcpServers: [] });
    this.#sessionId = String(opened['sessionId']);
    const sessionId = this.#sessionId;
    if (mode?.via === 'mode') await this.#call('session/set_mode', { sessionId, modeId: mode.value });
    if (mode?.via === 'option') {
      await this.#call('session/set_config_option', { sessionId, configId: 'mode', value: mode.value });
    }
  }

  /** The id of the request, whose answer comes when the turn is over. */
  prompt(text = 'Write hello.txt.'): number {
    return this.#request('session/prompt', {
      sessionId: this.#sessionId,
      prompt: [{ type: 'text', text }],
    });
  }

  /** Null when it is not over in time. */
  turnEnd(id: number, timeoutMs = 60_000): Promise<Message | null> {
    return this.#next((message) => message['id'] === id && message['method'] === undefined, timeoutMs);
  }

  cancel(): void {
    this.#take.send({ jsonrpc: '2.0', method: 'session/cancel', params: { sessionId: this.#sessionId } });
  }

  /** Chosen by its kind: ids and order are different in each agent. */
  async choose(kind: string): Promise<void> {
    const asked = await this.#next(isPermissionRequest);
    const options = object(asked?.['params'])['options'] as Message[] | undefined;
    const optionId = options?.find((option) => option['kind'] === kind)?.['optionId'];
    const result = { outcome: { outcome: 'selected', optionId } };
    this.#take.send({ jsonrpc: '2.0', id: asked?.['id'], result });
  }

  #next(fits: (message: Message) => boolean, timeoutMs?: number): Promise<Message | null> {
    return this.#take.next((message) => {
      this.#hear(message);
      return fits(message);
    }, timeoutMs);
  }

  #hear(message: Message): void {
    if (this.#agent === null) return;
    const { state, replies } = this.#agent.interpret(`${JSON.stringify(message)}\n`, this.#state);
    this.#state = state;
    for (const reply of replies) if (reply.includes('"session/cancel"')) this.#take.send(JSON.parse(reply));
  }

  #request(method: string, params: Message): number {
    this.#lastId += 1;
    this.#take.send({ jsonrpc: '2.0', id: this.#lastId, method, params });
    return this.#lastId;
  }

  async #call(method: string, params: Message): Promise<Message> {
    return object((await this.turnEnd(this.#request(method, params)))?.['result']);
  }
}
