import { z } from 'zod';

const text = z.string().max(100_000);

/** `flags` by the keys of `config/settings.ts`, as they were typed; the daemon reads and checks them. */
export const fixBody = z.strictObject({
  cwd: text.min(1),
  path: text.nullable(),
  flags: z.record(z.string(), z.union([text, z.boolean(), z.array(text)])),
  /** The client's whole environment; the daemon keeps what its list names. */
  env: z.record(z.string(), z.string()),
  resume: z.boolean(),
  dryRun: z.boolean(),
});

export const accountEntriesBody = z.strictObject({ remove: z.boolean() });

export const cleanBody = z.strictObject({
  olderThanMs: z.number().min(0),
  dryRun: z.boolean(),
});

/** Longest text that may be sent to an agent at once, in UTF-16 units. */
export const longestMessage = 1_500_000;

export const messageBody = z.strictObject({
  text: z.string().min(1).max(longestMessage),
  /** End the agent's turn first. */
  interrupt: z.boolean(),
});

export const permitBody = z.strictObject({
  request: text.nullable(),
  allow: z.boolean(),
  reason: text,
});

export const shutdownBody = z.strictObject({
  /** End the agents gracefully, with their work saved. */
  agents: z.boolean(),
});

export const eventsQuery = z.object({
  after: z.coerce.number().int().min(0).optional(),
  run: text.optional(),
});

const flag = z.enum(['0', '1']).default('0');

export const logQuery = z.object({
  after: z.coerce.number().int().min(0).default(0),
  last: z.coerce.number().int().min(0).max(999_999_999).optional(),
  raw: flag,
  follow: flag,
});

export type FixBody = z.infer<typeof fixBody>;
export type CleanBody = z.infer<typeof cleanBody>;
