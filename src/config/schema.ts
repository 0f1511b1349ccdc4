import { z } from 'zod';
import { parseArgv } from '../lib/argv.ts';
import { parseDuration } from '../lib/duration.ts';
import { checkName, longestMs, variableName } from './read-setting.ts';
import { defaultOf, fixSettings, type Setting } from './settings.ts';

const notUsedYet = 'Accepted, not used yet.';
const passable = 'holds a zero byte, or half a character';
const text = z
  .string()
  .min(1)
  .refine((value) => value.trim() !== '', { error: 'is empty' })
  .refine(isPassable, { error: passable });

const noDuration = 'not a duration: write it like 90s, 30m or 1h30m';
const duration = z
  .string({ error: noDuration })
  .refine((value) => parseDuration(value) !== null, { error: noDuration })
  .refine((value) => isLasting(parseDuration(value)), { error: 'must be longer than 0 and at most 24 days' })
  .meta({ examples: ['90s', '30m', '1h30m'] });

const command = z.union(
  [
    text.refine(isArgv, { error: 'cannot be split into words: check its quotes' }),
    z
      .array(z.string().refine(isPassable, { error: passable }))
      .refine(namesProgram, { error: 'names no program' }),
  ],
  { error: 'expected a command: text with shell quoting, or a list of words' },
);

const check = z.union(
  [text, z.strictObject({ command: text.describe('Shell command.'), timeout: duration.optional() })],
  { error: 'expected a command, or {command, timeout}' },
);

const checks = z.record(
  z.string().regex(checkName, { error: 'a name of a check has letters, digits, ".", "_" and "-" only' }),
  check,
);

const names = z.array(z.string().regex(variableName, { error: 'not the name of a variable' }));

/** No program can be started with others. */
function isPassable(value: string): boolean {
  return value.isWellFormed() && !value.includes('\0');
}

function namesProgram([program = '']: readonly string[]): boolean {
  return program !== '';
}

/** What does not parse has been told about already. */
function isLasting(ms: number | null): boolean {
  return ms === null || (ms > 0 && ms <= longestMs);
}

function isArgv(value: string): boolean {
  try {
    return namesProgram(parseArgv(value));
  } catch {
    return false;
  }
}

function typeOf(setting: Setting): z.ZodType {
  switch (setting.kind) {
    case 'text':
    case 'file':
    case 'directory':
      return text;
    case 'count':
      return z
        .int()
        .min(1)
        .max(setting.most ?? Number.MAX_SAFE_INTEGER);
    case 'duration':
      return duration;
    case 'switch':
      return z.boolean();
    case 'choice':
      return z.enum([...(setting.choices ?? [])]);
    case 'command':
      return command;
    case 'checks':
      return checks;
    case 'names':
      return names;
  }
}

function describe(setting: Setting): string {
  const known = defaultOf(setting);
  const fallback = known === null ? '' : ` Default: ${known}.`;
  return `${setting.help[0]?.toUpperCase()}${setting.help.slice(1)}.${fallback}`;
}

/** Values stay as they were written: they are read like flags and variables, by `read-setting.ts`. */
const fix = z
  .strictObject(
    Object.fromEntries(
      fixSettings
        .filter((setting: Setting) => setting.hidden !== true)
        .map((setting) => [setting.key, typeOf(setting).optional().describe(describe(setting))]),
    ),
  )
  .describe('Settings of ao fix. Flags and AO_… variables win over them.');

const project = z.strictObject({
  repo: text.optional().describe(`owner/name. ${notUsedYet}`),
  path: text.describe(
    'Folder of the repository; ~ is your home directory, a relative one starts at this file.',
  ),
  defaultBranch: text.optional().describe(notUsedYet),
  sessionPrefix: text.optional().describe(notUsedYet),
  fix: fix.optional().describe('Settings of ao fix for this repository. They win over the top-level ones.'),
});

const reaction = z.strictObject({
  auto: z.boolean().optional(),
  action: text.optional(),
  message: text.optional(),
  condition: text.optional(),
  retries: z.int().min(0).optional(),
  escalateAfter: duration.optional(),
  strategy: z.enum(['squash', 'merge', 'rebase']).optional(),
  deleteAfter: z.boolean().optional(),
});

const defaults = z.strictObject({
  runtime: text.optional(),
  agent: text.optional(),
  workspace: text.optional(),
  tracker: text.optional(),
  notifiers: z.array(text).optional(),
});

export const configSchema = z
  .strictObject({
    $schema: text.optional().describe('Where editors find this schema.'),
    port: z.int().min(1).max(65_535).optional().describe(notUsedYet),
    defaults: defaults.optional().describe(notUsedYet),
    projects: z.record(z.string(), project).optional().describe('Repositories by name.'),
    reactions: z.record(z.string(), reaction).optional().describe(notUsedYet),
    power: z.strictObject({ preventIdleSleep: z.boolean().optional() }).optional().describe(notUsedYet),
    fix: fix.optional(),
  })
  .describe('Configuration of ao: agent-orchestrator.yaml');

export type Config = z.infer<typeof configSchema>;

/** JSON Schema of the file, for editors. */
export function configJsonSchema(): object {
  return z.toJSONSchema(configSchema);
}
