import path from 'node:path';
import { lettingGo } from './preloading.ts';

/** By what a client asks its model: the platform's own `fetch`, or one of undici that it brings along. */
export type Asking = 'fetch' | 'undici';

/** How it comes to load a module of ours: Node does before its program, opencode and its kin take it for a plugin. */
export type Loading = 'preload' | 'plugin';

interface Kind {
  asking: Asking;
  loading: Loading;
  /** Into the file of the session's events, where standard error is the screen. */
  telling?: 'events';
}

/**
 * A module that a client loads beside its own, for this session alone, because it keeps to itself what its model's server
 * answers. It changes nothing and writes a line to standard error for each answer: `model-answer.ts` reads them.
 */
export function witnessOf({ asking, loading, telling }: Kind, dir: string): { path: string; text: string } {
  // A program that Node is built into loads no other kind before itself.
  const [name, get] = loading === 'preload' ? ['witness.cjs', byRequire] : ['witness.mjs', byImport];
  const file = path.join(dir, name);
  const use = asking === 'fetch' ? watchFetch : watchUndici;
  const lines = [
    get('subscribe', 'node:diagnostics_channel'),
    get('appendFileSync, writeSync', 'node:fs'),
    get('brotliDecompressSync, unzipSync', 'node:zlib'),
    String(listener),
    String(isWork),
    String(watchFetch),
    String(exchange),
    String(watchUndici),
    ...(loading === 'preload' ? lettingGo(file) : ['const letGo = () => {};']),
    telling === 'events'
      ? 'const listen = listener((line) => appendFileSync(process.env.AO_EVENTS_FILE, line));'
      : 'const listen = listener((line) => writeSync(2, line));',
    // A client may load it more than once.
    "const once = Symbol.for('ao.witness');",
    `if (!globalThis[once]) ${use.name}(listen, { subscribe, unzipSync, brotliDecompressSync, letGo });`,
    'globalThis[once] = true;',
    ...(loading === 'plugin' ? ['export const Witness = async () => ({});'] : []),
  ];
  return { path: file, text: `${lines.join('\n')}\n` };
}

const byRequire = (names: string, module: string): string => `const { ${names} } = require('${module}');`;
const byImport = (names: string, module: string): string => `import { ${names} } from '${module}';`;

/** What is heard of one answer. */
interface Listener {
  text(piece: string): void;
  end(): void;
  broke(error: unknown): void;
}

type Listen = (answer: { status: number; retryAfter: string | null }) => Listener;

interface Tools {
  subscribe(channel: string, listener: (message: unknown) => void): void;
  unzipSync(bytes: Uint8Array): Uint8Array;
  brotliDecompressSync(bytes: Uint8Array): Uint8Array;
  /** A client that starts itself anew has done so when it asks: what it starts from there on is not to load this. */
  letGo(): void;
}

// The functions below run in the client: each is written out as text and knows nothing but its arguments and each other.

function listener(write: (line: string) => void): Listen {
  const ends =
    /"(?:finish_reason|finishReason|stop_reason)"\s*:\s*"(\w+)"|"type"\s*:\s*"response\.(completed|incomplete)"|^data:\s*\[(DONE)\]/gm;
  const words =
    /"(?:content|text|thinking|reasoning_content|arguments|partial_json|delta)"\s*:\s*"(?!")|"functionCall"|"tool_calls"|"tool_use"/;
  const failures = /^data:\s*(\{.*"error"\s*:\s*\{.*)$/gm;
  // A tool may have something of that name too, in what it takes or is given.
  const isRefusal = (text: string | undefined): boolean => {
    try {
      const { error, response } = Object(JSON.parse(text ?? ''));
      return Object(error) === error || Object(Object(response).error) === Object(response).error;
    } catch {
      return false; // not whole yet
    }
  };
  return ({ status, retryAfter }) => {
    let [told, kept, end, said] = [false, '', '', false];
    const tell = (more: object): void => {
      if (told) return;
      told = true;
      try {
        write(`${JSON.stringify({ ao: 'answer', at: Date.now(), status, retryAfter, ...more })}\n`);
      } catch {
        // nobody reads any more
      }
    };
    return {
      text(piece) {
        if (status >= 400) {
          kept = (kept + piece).slice(0, 4000);
          return;
        }
        const line = Math.min(kept.lastIndexOf('\n') + 1, kept.length - 1000);
        kept = kept.slice(Math.max(0, line, kept.length - 16_000)) + piece;
        const refusal = [...kept.matchAll(failures)].find(([, text]) => isRefusal(text));
        if (refusal !== undefined) tell({ text: refusal[1]?.slice(0, 4000) });
        said ||= words.test(kept);
        for (const [, reason, event, mark] of kept.matchAll(ends))
          end = reason ?? event ?? (end || mark || '');
        if (end !== '') tell({ end, said });
      },
      end: () => tell(status >= 400 ? { text: kept } : { end, said }),
      broke(error) {
        const { name, message, code, cause } = Object(error);
        if (name === 'AbortError' || code === 'ABORT_ERR') return; // it let go by itself
        tell({ error: [code ?? Object(cause).code, message].filter(Boolean).join(' ').slice(0, 400) });
      },
    };
  };
}

/** Only requests that offer tools are of the work itself; others make titles and summaries. */
function isWork(url: string, body: string | null): boolean {
  const asked =
    /\/(?:chat\/completions|responses|messages)(?:\?|$)|:(?:stream)?(?:generateContent|rawPredict)(?:\?|$)/i;
  return asked.test(url) && (body === null || body.includes('"tools"'));
}

function watchFetch(listen: Listen, { letGo }: Tools): void {
  const real = globalThis.fetch;
  const hear = async (response: Response): Promise<void> => {
    const heard = listen({ status: response.status, retryAfter: response.headers.get('retry-after') });
    try {
      const decoder = new TextDecoder();
      for await (const bytes of response.clone().body ?? [])
        heard.text(decoder.decode(bytes, { stream: true }));
      heard.end();
    } catch (error) {
      heard.broke(error);
    }
  };
  const watched: typeof fetch = async (input, init) => {
    const body = typeof init?.body === 'string' ? init.body : null;
    if (!isWork(String(Object(input).url ?? input), body)) return real(input, init);
    letGo();
    try {
      const response = await real(input, init);
      void hear(response);
      return response;
    } catch (error) {
      listen({ status: 0, retryAfter: null }).broke(error);
      throw error;
    }
  };
  globalThis.fetch = Object.assign(watched, real);
}

/** What undici tells whoever listens, wherever its copy came from. */
interface Told {
  request: { path: string };
  response: { statusCode: number; headers: readonly Uint8Array[] };
  chunk: Uint8Array | string;
  error: unknown;
}

/** One request, from its body to the end of its answer. */
function exchange(listen: Listen, asking: string, { unzipSync, brotliDecompressSync, letGo }: Tools) {
  let [asked, coding, status, isHeard] = ['', '', 0, false];
  let heard: Listener | null = null;
  const packed: Uint8Array[] = [];
  return {
    sent(chunk: Told['chunk']): void {
      asked += Buffer.from(chunk as Uint8Array).toString();
    },
    headers({ statusCode, headers }: Told['response']): void {
      if (!isWork(asking, asked === '' ? null : asked)) return;
      letGo();
      const texts = headers.map((bytes) => Buffer.from(bytes).toString());
      const header = (name: string): string | null =>
        texts.find((_, at) => at % 2 === 1 && texts[at - 1]?.toLowerCase() === name) ?? null;
      coding = header('content-encoding') ?? '';
      status = statusCode;
      heard = listen({ status, retryAfter: header('retry-after') });
    },
    received(chunk: Told['chunk']): void {
      const bytes = Buffer.from(chunk as Uint8Array);
      isHeard = true;
      if (coding === '') heard?.text(bytes.toString());
      else packed.push(bytes);
    },
    end(): void {
      const unpack = coding === 'br' ? brotliDecompressSync : unzipSync;
      if (packed.length > 0) heard?.text(Buffer.from(unpack(Buffer.concat(packed))).toString());
      if (isHeard || status >= 400) heard?.end(); // older copies of undici tell nothing of the body
    },
    broke(error: unknown): void {
      const unanswered = heard === null && isWork(asking, asked === '' ? null : asked);
      (unanswered ? listen({ status: 0, retryAfter: null }) : heard)?.broke(error);
    },
  };
}

function watchUndici(listen: Listen, tools: Tools): void {
  const open = new Map<object, ReturnType<typeof exchange>>();
  const on = (what: string, hear: (told: Told) => void): void =>
    tools.subscribe(`undici:request:${what}`, (message) => {
      try {
        hear(message as Told);
      } catch {
        // what cannot be read is no reason to end a client
      }
    });
  on('create', ({ request }) => {
    if (isWork(request.path, null)) open.set(request, exchange(listen, request.path, tools));
  });
  on('bodyChunkSent', ({ request, chunk }) => open.get(request)?.sent(chunk));
  on('headers', ({ request, response }) => open.get(request)?.headers(response));
  on('bodyChunkReceived', ({ request, chunk }) => open.get(request)?.received(chunk));
  on('trailers', ({ request }) => {
    open.get(request)?.end();
    open.delete(request);
  });
  on('error', ({ request, error }) => {
    open.get(request)?.broke(error);
    open.delete(request);
  });
}
