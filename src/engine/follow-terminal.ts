import type { RuntimeHandle, Session } from '../domain/task.ts';
import type { TerminalAgent } from '../ports/terminal-agent.ts';
import type { RunContext } from './context.ts';
import type { Followed } from './followed.ts';
import { TerminalHearing } from './terminal-hearing.ts';
import { TerminalTalk } from './terminal-talk.ts';
import { TerminalWatch } from './terminal-watch.ts';

/**
 * Watches an agent in its terminal, by what its hooks tell and what its screen shows, and types what it is to be told. Works the same for an
 * agent that another daemon started: nothing is typed until all that it had told and drawn is known.
 */
export async function followTerminal(
  context: RunContext,
  { session, handle, agent }: { session: Session; handle: RuntimeHandle; agent: TerminalAgent },
  signal: AbortSignal,
): Promise<Followed> {
  const hearing = new TerminalHearing(context, session, agent);
  const talk = new TerminalTalk({ context, session, handle, hearing });
  const watch = new TerminalWatch({ context, session, handle, hearing, talk });
  const forget = context.live.listen(session.id, () => watch.nudge());
  const over = new AbortController();
  const until = AbortSignal.any([signal, over.signal]);
  const reading = Promise.all([watch.hear(until), watch.see(until)]).finally(() => over.abort());
  const looking = watch.look(until);
  try {
    await Promise.all([reading, looking]);
    if (!signal.aborted) {
      talk.gather(hearing.hear(null, context.clock.now()));
      await talk.close();
      await hearing.end();
    }
  } finally {
    over.abort();
    forget();
    watch.end();
    await Promise.allSettled([reading, looking]);
  }
  return { dialog: true, claim: hearing.claim, facts: hearing.facts };
}
