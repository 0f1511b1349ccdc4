import { clearScreenDown, createInterface, cursorTo, type Interface, moveCursor } from 'node:readline';
import { type Client, connect } from '../api/client.ts';
import { AoError } from '../api/contract/errors.ts';
import type { MessageView, SessionView } from '../api/contract/responses.ts';
import { remark } from './output/style.ts';
import { oneLine } from './screen/text-width.ts';
import { showLog } from './show-log.ts';
import { untilSettled } from './until-settled.ts';

const prompt = '> ';

/**
 * Shows what an agent prints, as it comes, above a line that the user types; Enter puts that into the agent's outbox. Returns when the agent has
 * ended, or the user leaves (Ctrl-C, or Ctrl-D on an empty line); the agent goes on then.
 */
export async function typeAlong(client: Client, session: SessionView): Promise<void> {
  remark(`session ${session.id}: a line and Enter go to the agent; Ctrl-C leaves, and it goes on`);
  const line = createInterface({ input: process.stdin, output: process.stdout, prompt });
  const left = new AbortController();
  line.on('SIGINT', () => line.close());
  line.on('close', () => left.abort());
  const write = (text: string | Uint8Array): void => {
    if (!left.signal.aborted) above(line, text);
  };
  const said: Said[] = [];
  const say = async (text: string): Promise<void> => {
    try {
      said.push({ text, message: await send(session.id, text) });
    } catch (error) {
      const complaint = oneLine(`ao: not sent: ${whyNot(error)}`);
      if (left.signal.aborted) remark(complaint);
      else above(line, `${complaint}\n`);
    }
  };
  let saying = Promise.resolve();
  line.on('line', (text) => {
    line.prompt();
    if (text.trim() !== '') saying = saying.then(() => say(text));
  });
  line.prompt();
  let userLeft = false;
  try {
    await showLog(client, session.id, { last: null, follow: true, raw: false, write, signal: left.signal });
    userLeft = left.signal.aborted;
    await saying;
  } finally {
    erase(line);
    line.close();
  }
  if (userLeft) return remark(`left session ${session.id}: its agent goes on`);
  (await complaints(said)).forEach(remark);
  remark(`session ${session.id} has ended`);
}

/** A daemon that was replaced meanwhile is found again. */
async function send(session: string, text: string): Promise<MessageView> {
  return (await connect({ start: true })).send(session, { text, interrupt: false });
}

function whyNot(error: unknown): string {
  if (error instanceof AoError) return error.message;
  throw error;
}

interface Said {
  text: string;
  message: MessageView;
}

/** What did not reach the agent, which has ended, and why. */
async function complaints(said: readonly Said[]): Promise<string[]> {
  const client = await connect({ start: true });
  const settled = await Promise.all(said.map(({ message }) => untilSettled(client, message)));
  return settled.flatMap(({ state, problem }, index) =>
    state === 'undelivered' ? [oneLine(`"${said[index]?.text}" was not delivered: ${problem}`)] : [],
  );
}

/** Puts whole lines where the typed one is, and that below them again. */
function above(line: Interface, text: string | Uint8Array): void {
  if (text.length === 0) return;
  erase(line);
  process.stdout.write(text);
  line.prompt(true);
}

/** What is typed may be longer than the terminal is wide. */
function erase(line: Interface): void {
  moveCursor(process.stdout, 0, -line.getCursorPos().rows);
  cursorTo(process.stdout, 0);
  clearScreenDown(process.stdout);
}
