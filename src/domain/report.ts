import type { Spent } from './usage.ts';

/** What `ao fix --json` prints, on one line of thought with the screen and the summary. Times are ISO 8601. */
export interface Report {
  /** True when the target is green. */
  ok: boolean;
  run: string;
  outcome: 'green' | 'remaining' | 'stopped' | 'failed' | null;
  reason: string | null;
  target: { branch: string; before: string; after: string; held: string | null };
  baseline: { findings: ReportFinding[] };
  tasks: ReportTask[];
  remaining: { id: string; title: string; reason: string }[];
  /** Tokens and money, as far as agents told; null where none of them speaks a protocol. */
  usage: Spent | null;
  elapsedMs: number;
}

export interface ReportFinding {
  id: string;
  check: string;
  file: string | null;
  line: number | null;
  title: string;
  flaky: boolean;
}

export interface ReportTask {
  id: string;
  title: string;
  findings: ReportFinding[];
  state: string;
  reason: string | null;
  attempts: ReportAttempt[];
  landed: { commit: string } | null;
  fixedBy: string | null;
}

export interface ReportAttempt {
  number: number;
  session: string;
  agent: string;
  account: string;
  startedAt: string;
  endedAt: string | null;
  outcome: string | null;
  reason: string | null;
  /** What the agent said of itself, if it said that it was done. */
  claim: string | null;
  /** What its verdict rests on; empty when it passed or was never judged. */
  evidence: { summary: string; detail: string | null }[];
}
