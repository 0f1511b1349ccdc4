// Scenarios that are of use to many tests; a test registers its own under a name of its own.
import { always, commands, type Fault, forEver, type Scenario, type Turn } from './scenario.ts';

const command = "printf 'hello from the model\\n' > hello.txt";
const writing = commands([command], 'TASK COMPLETE: wrote hello.txt');

/** The same work, after a fault at the first request. */
function after(fault: Fault): Scenario {
  const [first, ...rest] = writing as [Turn, ...Turn[]];
  return always({ ...first, faults: [fault] }, ...rest);
}

const hour = 3600;

export const builtIn: Readonly<Record<string, Scenario>> = {
  hello: always({ say: 'You said: {prompt}' }),
  write: always(...writing),
  // The client asks before it runs this: by its own rules, or because the model says that it should.
  permission: always(...writing.map((turn) => ({ ...turn, askLeave: true }))),
  slow: always({
    say: 'A long answer that comes slowly, piece by piece, so that there is time to interrupt.',
    pace: 1500,
  }),
  'rate-limit': after({ kind: 'rate_limit', times: forEver, retryAfter: 1 }),
  'rate-limit-no-hint': after({ kind: 'rate_limit', times: forEver }),
  'rate-limit-twice': after({ kind: 'rate_limit', times: 2, retryAfter: 1 }),
  'usage-limit': after({ kind: 'usage_limit', times: forEver, resetsIn: hour }),
  quota: after({ kind: 'quota', times: forEver }),
  overloaded: after({ kind: 'overloaded', times: forEver }),
  'server-error': after({ kind: 'server_error', times: forEver }),
  unauthorized: after({ kind: 'unauthorized', times: forEver }),
  context: after({ kind: 'context', times: forEver }),
  hang: after({ kind: 'hang', times: forEver }),
  'hang-in-stream': after({ kind: 'hang_in_stream', times: forEver }),
  drop: after({ kind: 'drop', times: forEver }),
  unfinished: always({ say: 'TASK COMPLETE: so it seems', faults: [{ kind: 'unfinished', times: forEver }] }),
  empty: after({ kind: 'empty', times: forEver }),
  truncated: after({ kind: 'truncated', times: forEver }),
  // The window is used up in the middle of the work, when the first command has run already.
  'limit-midway': always(writing[0] as Turn, {
    ...writing[1],
    faults: [{ kind: 'usage_limit', times: forEver, resetsIn: hour }],
  }),
  'nearly-used': always(...writing.map((turn) => ({ ...turn, usedPercent: 91 }))),
};
