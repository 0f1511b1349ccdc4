import path from 'node:path';
import type { Session } from '../domain/task.ts';
import type { RunContext } from './context.ts';
import { followTerminal } from './follow-terminal.ts';
import { type Followed, knownOf } from './followed.ts';
import { Hearing } from './hearing.ts';
import { OutputCap } from './output-cap.ts';
import { SilenceWatch } from './silence-watch.ts';
import { Talk } from './talk.ts';

/**
 * Reads an agent's output from its beginning to its end and, where the agent talks, keeps up the conversation. Works the same
 * for an agent that another daemon started: until its old output is read again, nothing is written.
 */
export async function followAgent(
  context: RunContext,
  session: Session,
  signal: AbortSignal,
): Promise<Followed> {
  const { handle } = session;
  if (handle === null) throw new Error(`session ${session.id} runs without a handle`);
  const terminal = handle.terminal === undefined ? undefined : context.findAgent(session.agent).terminal;
  if (terminal !== undefined) return followTerminal(context, { session, handle, agent: terminal }, signal);
  const hearing = new Hearing(context, session);
  const known = await knownOf(path.join(handle.dir, 'output.log'));
  const talk = hearing.agent.capabilities.dialog
    ? await Talk.open({ context, session, handle, hearing })
    : null;
  talk?.gather({ heard: hearing.opening, isNew: true });
  const runtime = context.findRuntime(handle.runtime);
  const begin = await runtime.keptFrom(handle);
  const cap = hearing.agent.capabilities.dialog ? null : new OutputCap(context, handle, begin);
  let read = begin;
  const silence: { watch: SilenceWatch | null } = { watch: null };
  const next = async (): Promise<void> => {
    if (read < known.bytes) return;
    if (silence.watch === null) context.live.setRead(session.id);
    silence.watch ??= new SilenceWatch(context, session, context.clock.now() - known.at);
    await talk?.next();
  };
  const forget = context.live.listen(session.id, () => {
    void next().catch((error: unknown) => context.log('talk.failed', { session: session.id, error }));
  });
  try {
    await next();
    for await (const bytes of runtime.follow(handle, begin, signal)) {
      const isNew = read >= known.bytes;
      read += bytes.length;
      if (isNew) silence.watch?.heard();
      const heard = hearing.hear(bytes, isNew ? context.clock.now() : known.at);
      talk?.gather({ heard, isNew });
      await next();
      await cap?.keepBelow(read);
    }
    if (signal.aborted) return followed(hearing);
    const last = hearing.hear(null, context.clock.now());
    talk?.gather({ heard: last, isNew: true });
    await talk?.close();
    hearing.end();
  } finally {
    silence.watch?.end();
    forget();
  }
  return followed(hearing);
}

function followed({ agent, claim, facts }: Hearing): Followed {
  return { dialog: agent.capabilities.dialog, claim, facts };
}
