// What the dialects read out of a request.

/** Something a person (or a program in their place) asked, and how many tool results came since. */
export interface Prompt {
  text: string;
  results: number;
}

/** A tool that the client offers. */
export interface Tool {
  name: string;
  /** JSON schema of its arguments; null for a tool that takes free text. */
  schema: Schema | null;
}

export interface Schema {
  properties?: Record<string, { type?: string | string[]; enum?: unknown[] }>;
  required?: string[];
}

export interface Conversation {
  model: string;
  stream: boolean;
  prompts: Prompt[];
  tools: Tool[];
}

export type Json = Record<string, unknown>;

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const list = (value: unknown): Json[] => (Array.isArray(value) ? value.filter(isObject) : []);

export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

// What clients add in a person's name: facts about the machine, reminders to the model.
const additions =
  /<(system-reminder|environment_context|environment_details|user_instructions|session_context|permissions[^>]*)>[\s\S]*?<\/\1>/g;

/** Collects prompts in their order, each with the results that follow it. */
export class Prompts {
  readonly all: Prompt[] = [];

  /** Each part is a prompt of its own: after an interruption clients send two of them as one message. */
  add(content: unknown): void {
    const parts = typeof content === 'string' ? [content] : list(content).map((part) => textOf(part['text']));
    for (const part of parts) {
      const text = part.replaceAll(additions, '').trim();
      if (text !== '') this.all.push({ text, results: 0 });
    }
  }

  result(): void {
    const last = this.all.at(-1);
    if (last) last.results += 1;
  }
}
