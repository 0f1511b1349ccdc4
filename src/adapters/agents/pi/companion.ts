import path from 'node:path';

/** An extension of pi's, for this session alone, and by what its words on pi's channel are known. */
export const question = 'ao:';
export const settled = 'ao.settled';
export const refused = 'ao.refused';

/**
 * pi runs every command without asking, and keeps to itself when its model's server wants to be asked again. This tells the second, and where
 * `asking` it does nothing but read and edit in its workspace before somebody was asked.
 */
export function companionOf(dir: string, asking: boolean): { path: string; text: string } {
  const words = JSON.stringify({ question, settled, refused, asking });
  const lines = [
    "import { subscribe } from 'node:diagnostics_channel';",
    "import { lstatSync, realpathSync } from 'node:fs';",
    "import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path';",
    'const tools = { subscribe, lstatSync, realpathSync, basename, dirname, isAbsolute, join, relative, resolve };',
    String(realPlace),
    String(isHarmless),
    String(accompany),
    `export default (pi) => accompany(pi, ${words}, tools);`,
  ];
  return { path: path.join(dir, 'companion.mjs'), text: `${lines.join('\n')}\n` };
}

interface Context {
  cwd: string;
  ui: {
    input(title: string, placeholder: string): Promise<string | undefined>;
    setStatus(key: string, text: string): void;
  };
}

interface ToolCall {
  toolCallId: string;
  toolName: string;
  input: { path?: unknown; command?: unknown };
}

interface Pi {
  on(event: 'session_start', listener: (event: unknown, context: Context) => void): void;
  on(
    event: 'tool_call',
    listener: (call: ToolCall, context: Context) => Promise<{ block: true; reason: string } | undefined>,
  ): void;
}

interface Words {
  question: string;
  settled: string;
  refused: string;
  asking: boolean;
}

interface Tools {
  subscribe(channel: string, listener: (message: unknown) => void): void;
  lstatSync(path: string): unknown;
  realpathSync(path: string): string;
  basename(path: string): string;
  dirname(path: string): string;
  isAbsolute(path: string): boolean;
  join(...parts: string[]): string;
  relative(from: string, to: string): string;
  resolve(from: string, to: string): string;
}

// The functions below run in pi: each is written out as text and knows nothing but its arguments and each other.

/** Where a file is or would be, behind all links; null behind one that leads nowhere yet. */
function realPlace(place: string, tools: Tools): string | null {
  try {
    return tools.realpathSync(place);
  } catch {
    // it is not there
  }
  try {
    tools.lstatSync(place);
    return null;
  } catch {
    const parent = tools.dirname(place);
    const real = parent === place ? place : realPlace(parent, tools);
    return real === null ? null : tools.join(real, tools.basename(place));
  }
}

function isHarmless({ toolName, input }: ToolCall, cwd: string, tools: Tools): boolean {
  if (['read', 'grep', 'find', 'ls'].includes(toolName)) return true;
  if (!['edit', 'write'].includes(toolName)) return false;
  const file = String(input.path ?? '');
  // pi takes these for something else than a place below the workspace.
  if (file.length > 4096 || /^(?:[~@]|file:)|[^\S ]/u.test(file)) return false;
  const [workspace, place] = [realPlace(cwd, tools), realPlace(tools.resolve(cwd, file), tools)];
  if (workspace === null || place === null) return false;
  const inside = tools.relative(workspace, place);
  return inside !== '' && !inside.startsWith('..') && !tools.isAbsolute(inside);
}

function accompany(pi: Pi, words: Words, tools: Tools): void {
  let ui: Context['ui'] | null = null;
  pi.on('session_start', (_, context) => {
    ui = context.ui;
  });
  tools.subscribe('undici:request:headers', (message) => {
    const { response } = message as { response: { statusCode: number; headers: unknown[] } };
    if (response.statusCode < 400) return;
    const names = response.headers.map(String);
    const at = names.findIndex((name, index) => index % 2 === 0 && name.toLowerCase() === 'retry-after');
    if (at >= 0) ui?.setStatus(words.refused, names[at + 1] ?? '');
  });
  if (!words.asking) return;
  pi.on('tool_call', async (call, { ui: person, cwd }) => {
    if (isHarmless(call, cwd, tools)) return undefined;
    const object = String(call.input.command ?? call.input.path ?? '');
    const title = `${call.toolName}: ${object}`;
    const answer = await person.input(title, words.question + call.toolCallId);
    person.setStatus(words.settled, call.toolCallId);
    if (answer === 'allow') return undefined;
    const reason = answer?.slice('deny '.length);
    return { block: true, reason: reason || 'A person refused this.' };
  });
}
