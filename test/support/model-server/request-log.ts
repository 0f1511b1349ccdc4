// What the model server was asked, for tests to look at.
import type { Json } from './conversation.ts';
import type { Dialect, Headers } from './dialect.ts';

export interface LoggedRequest {
  at: number;
  /** Null for a request that is not for an answer of the model. */
  dialect: Dialect['name'] | null;
  method: string;
  path: string;
  /** Secrets are replaced. */
  headers: Record<string, string>;
  body: Json;
  scenario: string | null;
  /** "answer", "aside" for what clients ask besides, "unknown", or the fault that it met. */
  outcome: string;
}

const secret = /key|token|auth|cookie/i;

export function withoutSecrets(headers: Headers): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, secret.test(name) ? '(secret)' : String(value)]),
  );
}

export class RequestLog {
  readonly all: LoggedRequest[] = [];

  add(request: LoggedRequest): void {
    this.all.push(request);
  }

  /** Those that asked for an answer of the model, of one scenario or of all. */
  asked(scenario?: string): LoggedRequest[] {
    return this.all.filter(
      (request) => request.dialect !== null && (scenario === undefined || request.scenario === scenario),
    );
  }

  /** How many met each outcome. */
  counts(scenario?: string): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const { outcome } of this.asked(scenario)) counts[outcome] = (counts[outcome] ?? 0) + 1;
    return counts;
  }
}
