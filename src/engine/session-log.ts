import { AoError } from '../domain/errors.ts';
import type { Session } from '../domain/task.ts';
import type { LogName } from '../ports/session-logs.ts';
import type { World } from './context.ts';
import type { LogRequest, LogSpan } from './engine.ts';
import { redactorOf } from './without-secrets.ts';

export interface LogReader {
  world: Pick<World, 'store' | 'sessionLogs' | 'findRuntime' | 'findAgent'>;
  /** Resolves with the next thing that happens, or on abort. */
  changed(): Promise<void>;
  signal: AbortSignal;
}

/** A key that begins before what is shown is known from here on. */
const contextBytes = 64 * 1024;

/** Opens a session's log where it was asked for. */
export async function openLog(reader: LogReader, session: Session, request: LogRequest): Promise<LogSpan> {
  const { sessionLogs } = reader.world;
  const name = await logName(reader, session, request);
  if ((await sessionLogs.size(session.dir, 'output.log')) === null) {
    const hint = 'The agent was never started, or `ao clean` has removed its log.';
    throw new AoError('notFound', `there is no log at ${session.dir}/${name}`, hint);
  }
  const kept = name === 'readable.log' ? 0 : await keptFrom(reader, session);
  const asked =
    request.last === null || (await sessionLogs.size(session.dir, name)) === null
      ? request.after
      : await sessionLogs.lastLines(session.dir, name, request.last);
  const after = Math.max(asked, kept);
  const show = name === 'readable.log' ? showReadable : showOutput;
  return { after, bytes: show(reader, session, { after, kept, follow: request.follow }) };
}

/** Sessions of before there was a readable log have none. */
async function logName(
  { world }: LogReader,
  { agent, dir, state }: Session,
  { raw }: LogRequest,
): Promise<LogName> {
  if (raw || !world.findAgent(agent).capabilities.dialog) return 'output.log';
  if (state !== 'ended') return 'readable.log';
  return (await world.sessionLogs.size(dir, 'readable.log')) === null ? 'output.log' : 'readable.log';
}

/** The oldest output may have been given up. */
async function keptFrom({ world }: LogReader, { handle }: Session): Promise<number> {
  return handle === null ? 0 : world.findRuntime(handle.runtime).keptFrom(handle);
}

interface Span {
  after: number;
  kept: number;
  follow: boolean;
}

/** It was redacted when it was written. */
async function* showReadable(
  reader: LogReader,
  session: Session,
  { after, follow }: Span,
): AsyncGenerator<Uint8Array> {
  for (let position = after; !reader.signal.aborted; ) {
    const heard = reader.changed(); // before everything is looked at: nothing may happen in between
    const over = !follow || (await hasEnded(reader, session));
    for await (const bytes of written(reader, session, { name: 'readable.log', from: position })) {
      position += bytes.length;
      yield bytes;
    }
    if (over) return;
    await heard;
  }
}

/** Of an agent that is still at work the line that is not whole yet may begin with a secret: it is shown when it is. */
async function* showOutput(
  reader: LogReader,
  session: Session,
  { after, kept, follow }: Span,
): AsyncGenerator<Uint8Array> {
  const { world, signal } = reader;
  const run = await world.store.get('run', session.run);
  const stream = redactorOf(run ?? { env: {} }).stream('mask');
  const from = Math.max(kept, after - contextBytes);
  let toSkip = after - from;
  const shown = (text: string): Uint8Array => {
    const bytes = Buffer.from(text, 'latin1').subarray(toSkip);
    toSkip -= text.length - bytes.length;
    return bytes;
  };
  const { handle } = session;
  const source =
    follow && handle !== null
      ? world.findRuntime(handle.runtime).follow(handle, from, signal)
      : written(reader, session, { name: 'output.log', from });
  for await (const bytes of source) {
    yield shown(stream.take(Buffer.from(bytes).toString('latin1')));
  }
  if (signal.aborted) return;
  if (follow || (await hasEnded(reader, session))) yield shown(stream.end());
  if (follow) await untilEnded(reader, session);
}

/** What stands in a log now. */
async function* written(
  { world }: LogReader,
  { dir }: Session,
  { name, from }: { name: LogName; from: number },
): AsyncGenerator<Uint8Array> {
  const size = (await world.sessionLogs.size(dir, name)) ?? 0;
  for (let position = from; position < size; ) {
    const bytes = await world.sessionLogs.read(dir, name, position);
    if (bytes.length === 0) return;
    position += bytes.length;
    yield bytes;
  }
}

/** What an agent printed is whole some time before its session has ended. */
async function untilEnded(reader: LogReader, session: Session): Promise<void> {
  while (!reader.signal.aborted) {
    const heard = reader.changed();
    if (await hasEnded(reader, session)) return;
    await heard;
  }
}

async function hasEnded({ world }: LogReader, { id }: Session): Promise<boolean> {
  return (await world.store.get('session', id))?.state === 'ended';
}
