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

/** Text that is a string, or a list of parts with text. */
export function plainText(content: unknown): string {
  if (typeof content === 'string') return content;
  return list(content)
    .map((part) => textOf(part['text']))
    .join('\n');
}

// What clients add in a person's name: facts about the machine, reminders to the model.
const additions =
  /<(system-reminder|environment_context|user_instructions|session_context|permissions[^>]*)>[\s\S]*?<\/\1>/g;

/** Collects prompts in their order, each with the results that follow it. */
export class Prompts {
  readonly all: Prompt[] = [];

  add(text: string): void {
    const asked = text.replaceAll(additions, '').trim();
    if (asked !== '') this.all.push({ text: asked, results: 0 });
  }

  result(): void {
    const last = this.all.at(-1);
    if (last) last.results += 1;
  }
}
