// Every client has a tool for shell commands, each with a name and arguments of its own.
import type { Conversation, Json, Schema, Tool } from './conversation.ts';

const names = [
  'bash',
  'exec_command',
  'run_shell_command',
  'shell',
  'shell_command',
  'local_shell',
  'terminal',
  'execute',
];

export function shellTool(conversation: Conversation): Tool | null {
  for (const name of names) {
    const tool = conversation.tools.find((offered) => offered.name.toLowerCase() === name);
    if (tool) return tool;
  }
  return conversation.tools.find((tool) => tool.schema === null) ?? null;
}

export function shellInput(tool: Tool, command: string, askLeave: boolean): Json | string {
  const leave = { sandbox_permissions: 'require_escalated', justification: 'May I run this command?' };
  if (tool.schema === null) return programFor({ cmd: command, ...(askLeave ? leave : {}) });
  const input = argumentsFor(tool.schema, command);
  const hasWord = 'sandbox_permissions' in (tool.schema.properties ?? {});
  return askLeave && hasWord ? { ...input, ...leave } : input;
}

/** Codex' "code mode": the model writes a program that calls the client's tools. */
function programFor(input: Json): string {
  return `const r = await tools.exec_command(${JSON.stringify(input)});\ntext(JSON.stringify(r));\n`;
}

function argumentsFor(schema: Schema, command: string): Json {
  const properties = schema.properties ?? {};
  const name = ['command', 'cmd', 'script'].find((candidate) => candidate in properties) ?? 'command';
  const input: Json = { [name]: isList(properties[name]?.type) ? ['bash', '-lc', command] : command };
  for (const required of schema.required ?? []) {
    if (!(required in input)) input[required] = placeholder(properties[required]);
  }
  if ('description' in properties) input['description'] = 'Run a command';
  return input;
}

const isList = (type: string | string[] | undefined): boolean => type === 'array' || type === 'ARRAY';

function placeholder(property: { type?: string | string[]; enum?: unknown[] } | undefined): unknown {
  if (property?.enum !== undefined) return property.enum[0];
  const type = String(property?.type ?? 'string').toLowerCase();
  if (type === 'boolean') return false;
  if (type === 'number' || type === 'integer') return 30_000;
  return 'Run a command';
}
