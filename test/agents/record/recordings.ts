// What there is to record, and how one recording is made.
import type { Agent, LaunchSpec } from '../../../src/ports/agent.ts';
import type { ModelServer } from '../../support/model-server/server.ts';
import type { Take } from './take.ts';

export interface Recording {
  /** Of the file. */
  name: string;
  /** Of the model server. */
  scenario: string;
  /** Left out: as `agent` starts it. */
  argv?: readonly string[];
  /** Added to the client's environment; an empty value takes a variable away. */
  env?: Record<string, string>;
  /** Started as this adapter starts it, with its settings for one session, and its errors among its output. */
  agent?: Agent;
  /** That it is started with; without: it asks. */
  permissions?: LaunchSpec['permissions'];
  /** What a program would do that drives the client. */
  drive: (take: Take, server: ModelServer) => Promise<void>;
  /** How long the client may take to end by itself afterwards. */
  patienceMs?: number;
}

/** What the model server can let go wrong; each channel of a client is recorded in all of it. */
export const faults = [
  'rate-limit',
  'rate-limit-twice',
  'usage-limit',
  'limit-midway',
  'quota',
  'overloaded',
  'server-error',
  'unauthorized',
  'context',
  'drop',
  'unfinished',
  'empty',
  'truncated',
  'hang',
  'hang-in-stream',
];
