import type { Run, RunOptions } from '../domain/run.ts';
import type { Agent } from '../ports/agent.ts';
import type { Checks, Setup } from '../ports/checks.ts';
import type { Clock } from '../ports/clock.ts';
import type { Disk } from '../ports/disk.ts';
import type { Hub, Target } from '../ports/git.ts';
import type { Runtime } from '../ports/runtime.ts';
import type { SessionLogs } from '../ports/session-logs.ts';
import type { Store } from '../ports/store.ts';
import type { Workspaces } from '../ports/workspace.ts';
import type { Redactor } from '../lib/redact.ts';
import type { Semaphore } from '../lib/semaphore.ts';
import type { DiskWatch } from './disk-watch.ts';
import type { Layout } from './layout.ts';
import type { Live } from './live.ts';

/** Everything outside that the engine may use; built in one place, `daemon/compose.ts`. */
export interface World {
  store: Store;
  clock: Clock;
  layout: Layout;
  /** Of a run's options or a session's handle. Throws an AoError that names the known ones. */
  findRuntime(name: string): Runtime;
  /** Throws an AoError that names the known ones. */
  findAgent(name: string): Agent;
  workspaces: Record<Run['options']['workspace'], Workspaces>;
  checks: Checks;
  setup: Setup;
  openHub(gitDir: string, userRepository: string): Promise<Hub>;
  openTarget(path: string, hub: Hub): Promise<Target>;
  memoryAvailableBytes(): number;
  disk: Disk;
  sessionLogs: SessionLogs;
  /** Of the output of an agent that is not talked to. */
  mostOutputBytes: number;
  /** One line of the daemon's log: `event key=value`. */
  log(event: string, fields: Record<string, unknown>): void;
  /** Begins every mark of this daemon's processes; the same after a restart, another for each `AO_HOME`. */
  markPrefix: string;
}

/** What the steps of one run work with. */
export interface RunContext extends World {
  disk: DiskWatch;
  run: string;
  path: string;
  project: string;
  branch: string;
  options: RunOptions;
  env: Record<string, string>;
  /** Given to agents beside it, and to nothing else. */
  agentEnv: Record<string, string>;
  /** What agents and checks print goes through it before anything is shown or written down. */
  redactor: Redactor;
  hub: Hub;
  target: Target;
  /** One holder a running check. */
  slots: Semaphore;
  /**
   * Held while the run's row is read, changed and written; and from looking whether a task's change is landing to taking the task
   * away, during which no landing may begin.
   */
  rowLock: Semaphore;
  /** Aborted when the run is stopped or the daemon lets go. */
  signal: AbortSignal;
  live: Live;
}
