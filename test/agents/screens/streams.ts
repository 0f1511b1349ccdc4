// What status is derived from recorded streams of protocols, at moments at which whoever recorded them knew what was so.
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { findAgent } from '../../../src/adapters/registry.ts';
import { type AgentFacts, heard, nothingHeard } from '../../../src/domain/agent-facts.ts';
import { statusOf, type StatusState } from '../../../src/domain/session-status.ts';
import type { Line } from '../record/take.ts';

interface StreamMoment {
  /** When that many lines had been written and read. */
  after: number;
  states: readonly StatusState[];
}

export interface JudgedMoment extends StreamMoment {
  recording: string;
  found: StatusState;
  right: boolean;
}

const fixtures = join(import.meta.dirname, '../fixtures');

/** Of every version of that client. */
export function judgeStreams(client: string): JudgedMoment[] {
  return globSync(`${client}/*/*.jsonl`, { cwd: fixtures })
    .toSorted()
    .flatMap((path) => {
      const lines: Line[] = readFileSync(join(fixtures, path), 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
      const name = basename(path, '.jsonl');
      const found = statusesOf(client, lines);
      return momentsOf(name, lines).map((moment) => {
        const status = found[moment.after] ?? 'unknown';
        return { ...moment, recording: path, found: status, right: moment.states.includes(status) };
      });
    });
}

/** After each number of lines. */
function statusesOf(client: string, lines: readonly Line[]): StatusState[] {
  const adapter = findAgent(client === 'claude-agent-acp' ? 'acp' : client);
  let { state } = adapter.begin(spec);
  let facts: AgentFacts = nothingHeard;
  const statuses: StatusState[] = [];
  for (const line of lines) {
    const now = 'at' in line ? line.at : 0;
    statuses.push(
      statusOf({
        session: { state: 'running', since: 0 },
        agent: facts,
        toldAt: null,
        now,
        stuckAfterMs: 600_000,
      }).state,
    );
    if (line.dir !== 'out' && line.dir !== 'err') continue;
    const step = adapter.interpret(`${line.line}\n`, state);
    state = step.state;
    for (const observation of step.observations) facts = heard(facts, observation, now, 'protocol');
  }
  return statuses;
}

const spec = { workspace: '/home/user/project', model: null, permissions: 'ask' as const, takesUp: null };

const prompt = /^\{"type":"user"|"method":"(?:turn\/start|session\/prompt)"|"type":"prompt"/;
const stop = /"subtype":"interrupt"|"method":"(?:turn\/interrupt|session\/cancel)"|"type":"abort"/;
const answer = /^\{"type":"(?:control|extension_ui)_response"|"result":\{"(?:outcome|decision)"/;
/** What whoever recorded waited for: the answer to a prompt. */
const over =
  /"type":"(?:result|agent_settled)"|"method":"turn\/completed"|^\{"jsonrpc":"2\.0","id":\d+,"(?:result":\{"stopReason|error)"/;
/** The adapter itself gives up a turn that it saw fail. */
const givenUp = '"gave up in turn';

const atWork: readonly StatusState[] = ['working', 'rate_limited'];

/** Their last turn never ends by itself. */
const unfinished = ['hang', 'hang-in-stream', 'refused-unbounded', 'permission-unanswered'];

function momentsOf(name: string, lines: readonly Line[]): StreamMoment[] {
  const kinds = lines.map(kindOf);
  const moments: StreamMoment[] = [];
  for (const [after, kind] of kinds.entries()) {
    const state = endedBy(name, kinds, after);
    if (kind === 'answer' || state === 'waiting_permission')
      moments.push({ after, states: ['waiting_permission'] });
    else if (state !== null) moments.push({ after, states: state === 'idle' ? ['idle'] : atWork });
    if (kind === 'prompt' && !name.endsWith('-busy')) moments.push(...midway(kinds, after));
    if (kind === 'end') break;
  }
  return moments;
}

type Kind = 'prompt' | 'stop' | 'answer' | 'over' | 'end' | 'out' | 'other';

function kindOf(line: Line): Kind {
  if (line.dir === 'signal' || line.dir === 'exit') return 'end';
  if (line.dir === 'out') return over.test(line.line) ? 'over' : 'out';
  if (line.dir !== 'in') return 'other';
  if (prompt.test(line.line)) return 'prompt';
  if (answer.test(line.line)) return 'answer';
  return stop.test(line.line) && !line.line.includes(givenUp) ? 'stop' : 'other';
}

/** What was so until that line, where it ends something: whoever recorded waited for the end of a turn, or stopped it. */
function endedBy(
  name: string,
  kinds: readonly Kind[],
  at: number,
): 'idle' | 'working' | 'waiting_permission' | null {
  const kind = kinds[at];
  const begun = kinds.lastIndexOf('prompt', at - 1);
  const isStopped = kinds.slice(begun + 1, at).includes('stop');
  const isOver = kinds.slice(begun + 1, at).includes('over');
  if (begun < 0 || (kind !== 'prompt' && kind !== 'stop' && kind !== 'end')) return null;
  if (kind === 'stop') return isOver ? null : 'working';
  if (kind === 'prompt') return name.endsWith('-busy') ? null : 'idle';
  if (isOver || !unfinished.includes(name)) return 'idle';
  if (isStopped) return null;
  return name === 'permission-unanswered' ? 'waiting_permission' : 'working';
}

/** In the middle of what it said in a turn. Before its first word only who wrote to it knows that it was written to. */
function midway(kinds: readonly Kind[], begun: number): StreamMoment[] {
  const end = kinds.findIndex((kind, at) => at > begun && kind !== 'out' && kind !== 'other');
  const outs = kinds.flatMap((kind, at) => (kind === 'out' && at > begun && at < end ? [at] : []));
  const middle = outs[Math.floor(outs.length / 2)];
  return outs.length < 4 || middle === undefined ? [] : [{ after: middle, states: atWork }];
}
