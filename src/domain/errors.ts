/** Documented exit codes of the command line. */
export const exitCode = {
  ok: 0,
  /** Something remains, a check is red, a request failed. */
  failed: 1,
  usage: 2,
  config: 3,
  daemon: 4,
  notFound: 5,
  conflict: 6,
  interrupted: 130,
} as const;

export type ErrorCode = 'failed' | 'usage' | 'config' | 'daemon' | 'notFound' | 'conflict';

/** An expected failure: a clear sentence, and what to do next. Bugs throw anything else. */
export class AoError extends Error {
  readonly code: ErrorCode;
  /** What to do next, in the imperative. */
  readonly hint: string | null;

  constructor(code: ErrorCode, message: string, hint: string | null = null, options?: ErrorOptions) {
    super(message, options);
    this.name = 'AoError';
    this.code = code;
    this.hint = hint;
  }
}
