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

export const cleanBody = z.strictObject({
  olderThanMs: z.number().min(0),
  dryRun: z.boolean(),
});

export const shutdownBody = z.strictObject({
  /** End the agents gracefully, with their work saved. */
  agents: z.boolean(),
});

export const eventsQuery = z.object({
  after: z.coerce.number().int().min(0).optional(),
  run: text.optional(),
});

export type FixBody = z.infer<typeof fixBody>;
export type CleanBody = z.infer<typeof cleanBody>;
