import path from 'node:path';
import { lettingGo } from '../preloading.ts';

/**
 * How questions and answers of one vendor's models are written: functions that run in the client, each written out as text, which know nothing
 * but their arguments.
 */
export interface Form {
  latestOf(url: string, body: string): Latest | null;
  answerIn(pieces: readonly unknown[]): Told;
}

/** The end of a conversation that is the work itself; null, where that is asked for: it is something else. */
export interface Latest {
  length: number;
  /** What a person said; null where nobody did. */
  said: string | null;
  /** The client's own name for the conversation; empty where it does not say. */
  conversation: string;
}

export interface Told {
  words: string;
  calls: readonly { name: string; input: unknown }[];
  /** The vendor's word for why it ended; empty where it just stopped. */
  end: string;
  /** By that word the model has nothing more to say. */
  isWhole: boolean;
}

/**
 * A module that Node loads before a client's own program, for this session alone, because the client takes no hooks that are only for a
 * session. It changes nothing and appends to the file of the session's events what the client asks its model and what it is answered.
 */
export function witnessOfTurns(dir: string, { latestOf, answerIn }: Form): { path: string; text: string } {
  const file = path.join(dir, 'witness-of-turns.cjs');
  const lines = [
    "const { appendFileSync } = require('node:fs');",
    String(latestOf),
    String(answerIn),
    String(piecesOf),
    String(watchTurns),
    `const form = { latestOf: ${latestOf.name}, answerIn: ${answerIn.name} };`,
    ...lettingGo(file),
    "watchTurns(form, (line) => appendFileSync(process.env.AO_EVENTS_FILE, line + '\\n'), letGo);",
  ];
  return { path: file, text: `${lines.join('\n')}\n` };
}

// The functions below run in the client too.

/** Of server-sent events. */
function piecesOf(text: string): unknown[] {
  return text.split('\n').flatMap((line) => {
    if (!line.startsWith('data:')) return [];
    try {
      return [JSON.parse(line.slice('data:'.length))];
    } catch {
      return []; // cut off, or the mark of the end
    }
  });
}

function watchTurns({ latestOf, answerIn }: Form, write: (line: string) => void, letGo: () => void): void {
  const real = globalThis.fetch;
  let last = '';
  const tell = (kind: string, more: object): void => {
    try {
      write(JSON.stringify({ ao: kind, at: Date.now(), ...more }));
    } catch {
      // what cannot be told is no reason to end a client
    }
  };
  const asked = (url: string, body: unknown): boolean => {
    try {
      const latest = typeof body === 'string' ? latestOf(url, body) : null;
      if (latest === null) return false;
      const text = JSON.stringify(latest);
      if (text !== last) tell('asked', latest); // it may ask several times for one answer
      last = text;
      return true;
    } catch {
      return false;
    }
  };
  const broke = (error: unknown, init: RequestInit | undefined): void => {
    const { name, message, code, cause } = Object(error);
    if (name === 'AbortError' || init?.signal?.aborted === true) return; // it let go by itself
    tell('answer', {
      status: 0,
      error: [code ?? Object(cause).code, message].filter(Boolean).join(' ').slice(0, 400),
    });
  };
  const hear = async (response: Response, init: RequestInit | undefined): Promise<void> => {
    const { status } = response;
    try {
      const text = await response.clone().text();
      const pieces = status >= 400 ? [] : piecesOf(text);
      const refusal = pieces.find((piece) => Object(piece).error);
      const refused = status >= 400 ? text : refusal === undefined ? '' : JSON.stringify(refusal);
      const retryAfter = response.headers.get('retry-after');
      tell('answer', { status, retryAfter, text: refused.slice(0, 4000), ...answerIn(pieces) });
    } catch (error) {
      broke(error, init);
    }
  };
  const watched: typeof fetch = async (input, init) => {
    if (!asked(String(Object(input).url ?? input), init?.body)) return real(input, init);
    // A client that starts itself anew has done so by now; what it starts from here on is not to load this.
    letGo();
    try {
      const response = await real(input, init);
      void hear(response, init);
      return response;
    } catch (error) {
      broke(error, init);
      throw error;
    }
  };
  globalThis.fetch = Object.assign(watched, real);
}
