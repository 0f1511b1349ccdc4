// A model server on loopback: real clients talk to it as they would to their vendor's, and it does what a scenario says.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { anthropic } from './anthropic.ts';
import { chat } from './chat.ts';
import type { Conversation, Json } from './conversation.ts';
import { deliver, send, stopOf } from './delivery.ts';
import { type Answer, type Dialect, type HttpReply, json } from './dialect.ts';
import { gemini } from './gemini.ts';
import { RequestLog, withoutSecrets } from './request-log.ts';
import { responses } from './responses.ts';
import { type Fault, faultAt, isRefusal, type Place, placeIn, type Scenario } from './scenario.ts';
import { builtIn } from './scenarios.ts';
import { shellInput, shellTool } from './shell-tool.ts';

const dialects: readonly Dialect[] = [anthropic, responses, chat, gemini];

/** `/s/<scenario>` before the API's own path, as a client's base URL gives it. */
const prefixed = /^\/s\/([^/]+)(\/.*)$/;
/** In a prompt; says more than the address does, which all sessions of a client share. */
const marked = /\[\[scenario:([\w-]+)\]\]/g;

export class ModelServer {
  readonly log = new RequestLog();
  readonly #scenarios = new Map<string, Scenario>(Object.entries(builtIn));
  /** By scenario, case and turn: how many came already. */
  readonly #requests = new Map<string, number>();
  readonly #closed = new AbortController();
  readonly #server = createServer((request, response) => {
    this.#serve(request, response).catch((error: unknown) => response.destroy(error as Error));
  });
  #answers = 0;
  #underWay = 0;
  /** Resolves when answers are given again. */
  #open: Promise<void> = Promise.resolve();

  /** On a port of its own choice, unless a test needs the same address again. */
  async listen(port = 0): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, '127.0.0.1', resolve);
    });
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** What a client takes for the address of its vendor. */
  baseUrl(scenario: string): string {
    return `http://127.0.0.1:${this.port}/s/${scenario}`;
  }

  /** Registers or replaces a scenario and forgets the requests that it had. */
  scenario(name: string, scenario: Scenario): void {
    this.#scenarios.set(name, scenario);
    for (const key of this.#requests.keys()) if (key.startsWith(`${name}/`)) this.#requests.delete(key);
  }

  /** From now on answers to new requests wait; returns what lets them go. They stand in the log meanwhile. */
  hold(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#open = promise;
    return resolve;
  }

  /** Requests for an answer of the model, titles left out, that have none or only a part of one so far. */
  get underWay(): number {
    return this.#underWay;
  }

  async close(): Promise<void> {
    this.#closed.abort();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', 'http://127.0.0.1');
    const [, named = null, path = pathname] = prefixed.exec(pathname) ?? [];
    const body = parse(await readAll(request));
    const method = request.method ?? '';
    const dialect = method === 'POST' ? dialects.find((each) => each.asks(path)) : undefined;
    const entry = { at: Date.now(), dialect: dialect?.name ?? null, method, path: pathname, body };
    const note = (scenario: string | null, outcome: string): void =>
      this.log.add({ ...entry, headers: withoutSecrets(request.headers), scenario, outcome });
    if (dialect === undefined) {
      const reply = aside(request, path);
      note(named, reply ? 'aside' : 'unknown');
      return send(response, reply ?? json(404, { error: { message: `nothing is served at ${pathname}` } }));
    }
    const conversation = dialect.read(body, path);
    const scenario = markedIn(conversation) ?? named ?? 'hello';
    const known = this.#scenarios.get(scenario);
    if (known === undefined) {
      note(scenario, 'unknown');
      return send(response, json(404, { error: { message: `no scenario ${scenario}` } }));
    }
    if (conversation.tools.length === 0) {
      note(scenario, 'title'); // without tools a client wants a title for its list, or the like
      return this.#answer(response, { dialect, conversation, place: title, fault: null });
    }
    const place = placeIn(known, conversation);
    const fault = this.#faultOf(`${scenario}/${place.key}`, place);
    note(scenario, fault?.kind ?? 'answer');
    this.#underWay += 1;
    response.once('close', () => {
      this.#underWay -= 1;
    });
    await this.#open;
    return this.#answer(response, { dialect, conversation, place, fault });
  }

  #faultOf(key: string, place: Place): Fault | null {
    const before = this.#requests.get(key) ?? 0;
    this.#requests.set(key, before + 1);
    return faultAt(place.turn, before);
  }

  async #answer(response: ServerResponse, request: ModelRequest): Promise<void> {
    const { dialect, conversation, place, fault } = request;
    const now = Math.floor(Date.now() / 1000);
    if (fault?.kind === 'hang') return; // until the client gives up or the server is closed
    if (fault !== null && isRefusal(fault.kind)) {
      return send(response, dialect.refuse({ ...fault, kind: fault.kind }, now));
    }
    const { pace = 0, usedPercent } = place.turn;
    const headers = usedPercent === undefined ? {} : dialect.window(usedPercent, now + 3600);
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    this.#answers += 1;
    const answer = answerTo(request, `scripted${String(this.#answers).padStart(6, '0')}`);
    const stop = stopOf(fault?.kind);
    await deliver(response, { dialect, conversation, answer, pace, stop, signal: this.#closed.signal });
  }
}

interface ModelRequest {
  dialect: Dialect;
  conversation: Conversation;
  place: Place;
  fault: Fault | null;
}

const title: Place = { turn: { say: '{"title":"A title"}' }, key: 'title', prompt: '' };

function answerTo({ conversation, place, fault }: ModelRequest, id: string): Answer {
  const { say = '', run, askLeave = false } = place.turn;
  if (fault?.kind === 'empty') return { id, text: '', call: null, truncated: false };
  const truncated = fault?.kind === 'truncated';
  const tool = run === undefined || truncated ? null : shellTool(conversation);
  const text = say.replaceAll('{prompt}', () => place.prompt.slice(0, 200));
  return { id, text, call: tool && { id, tool, input: shellInput(tool, run ?? '', askLeave) }, truncated };
}

function markedIn(conversation: Conversation): string | undefined {
  const marks = conversation.prompts.flatMap(({ text }) =>
    [...text.matchAll(marked)].map((found) => found[1]),
  );
  return marks.at(-1);
}

function aside(request: IncomingMessage, path: string): HttpReply | null {
  for (const dialect of dialects) {
    const reply = dialect.aside(request.method ?? '', path, request.headers);
    if (reply) return reply;
  }
  return null;
}

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function parse(bytes: Buffer): Json {
  try {
    return JSON.parse(bytes.toString('utf8')) as Json;
  } catch {
    return {};
  }
}
