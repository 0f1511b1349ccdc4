import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from '../../api/client.ts';
import { AoError } from '../../api/contract/errors.ts';
import type { SessionView } from '../../api/contract/responses.ts';
import type { Define } from '../command.ts';
import { printJson, remark } from '../output/style.ts';
import { showLog } from '../show-log.ts';
import { typeAlong } from '../type-along.ts';

type Terminal = NonNullable<SessionView['terminal']>;

export const define: Define = (command) => {
  command
    .argument('<id>', 'id of a task (its last session) or of a session, or its beginning')
    .option('--json', 'enter nothing; one JSON document: the session with its terminal')
    .action(attach);
};

async function attach(id: string, { json = false }: { json?: boolean }): Promise<void> {
  const client = await connect({ start: true });
  const session = await client.session(id);
  if (json) return printJson(session);
  if (session.state === 'starting') {
    const hint = 'Try again in a moment; ao list shows when it runs.';
    throw new AoError('failed', `the workspace of session ${session.id} is still being prepared`, hint);
  }
  if (session.terminal === null) {
    const onTerminal = process.stdin.isTTY && process.stdout.isTTY;
    if (session.takesMessages && onTerminal) return typeAlong(client, session);
    remark(whyNoTerminal(session));
    return showLog(client, session.id, { last: null, follow: true, raw: false });
  }
  if (!process.stdin.isTTY || !process.stdout.isTTY) {
    throw new AoError('usage', 'ao attach needs a terminal to show another', `Follow it: ao logs -f ${id}`);
  }
  process.exitCode = await enter(session.terminal);
  if (process.exitCode === 0) remark(await afterwards(session.id, session.terminal));
}

function whyNoTerminal({ id, state, takesMessages }: SessionView): string {
  if (state === 'ended') return `session ${id} has ended; this is what it printed`;
  if (takesMessages) return `session ${id} takes messages from a terminal only; following it`;
  return `session ${id} has no terminal, and its agent takes no messages while it works: following it (as ao logs -f ${id})`;
}

/** The user left, or the terminal ended. */
async function afterwards(id: string, terminal: Terminal): Promise<string> {
  const goesOn = (await inTmux(terminal, 'has-session', 'ignore')) === 0;
  return goesOn ? `left session ${id}: its agent goes on` : `session ${id} has ended`;
}

/** Hands our terminal over to tmux; its exit status when the user has left. */
async function enter(terminal: Terminal): Promise<number> {
  try {
    return await inTmux(terminal, 'attach-session', 'inherit');
  } catch (cause) {
    const hint = 'Install tmux (apt install tmux, brew install tmux), or follow the agent: ao logs -f';
    throw new AoError('failed', 'tmux was not found', hint, { cause });
  }
}

async function inTmux(
  { socket, session }: Terminal,
  what: string,
  stdio: 'inherit' | 'ignore',
): Promise<number> {
  const { TMUX: _, ...env } = process.env; // a terminal within the user's tmux is what was asked for
  const child = spawn('tmux', ['-S', socket, what, '-t', `=${session}`], { stdio, env });
  const [status] = (await once(child, 'exit')) as [number | null];
  return status ?? 1;
}
