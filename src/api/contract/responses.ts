import type { ErrorCode } from '../../domain/errors.ts';
import type { Event } from '../../domain/events.ts';
import type { RunView } from '../../engine/engine.ts';

export type { Event } from '../../domain/events.ts';
export type { Usage } from '../../domain/agent-facts.ts';
export type { Report } from '../../domain/report.ts';
export type { Resources } from '../../ports/runtime.ts';
export type {
  AccountEntryView,
  CleanResult,
  LogRequest,
  MessageView,
  Preview,
  RunView,
  SessionView,
  TaskView,
} from '../../engine/engine.ts';

export interface Health {
  pid: number;
  version: string;
  codeId: string;
  /** ISO 8601. */
  startedAt: string;
  home: string;
}

/** Header of a session's log: the place in it where the answer begins. */
export const logPlace = 'ao-log-place';

export interface FixStarted {
  run: string;
  /** True when that run was under way already. */
  joined: boolean;
}

export interface ShutdownDone {
  /** Agents that go on without the daemon. */
  live: number;
}

export interface ErrorBody {
  error: { code: ErrorCode; message: string; hint: string | null };
}

/** One message of `GET /events`: a row of the log, a run as it looks now, or that the daemon goes. */
export type StreamMessage = { kind: 'event'; event: Event } | { kind: 'run'; run: RunView } | { kind: 'bye' };
