export interface Reply {
  ok: boolean;
  /** What the command printed, or why it failed. */
  text: string;
}

/**
 * Finds replies to our own commands in what a server prints in control mode. A reply stands between `%begin` and `%end` (or
 * `%error`) of the same time, number and flags; its lines may look like anything else. Replies come in the order of
 * the commands.
 */
export class ControlReplies {
  #rest = '';
  #block: { id: string; lines: string[] } | null = null;

  /** The replies that this piece of output ends, whether we were let in with it, and whether we were let go. */
  take(piece: string): { replies: Reply[]; connected: boolean; exit: boolean } {
    const lines = (this.#rest + piece).split('\n');
    this.#rest = lines.pop() ?? '';
    const replies: Reply[] = [];
    let connected = false;
    let exit = false;
    for (const line of lines) {
      const [word = '', id = ''] = split(line);
      if (this.#block === null) {
        if (word === '%begin') this.#block = { id, lines: [] };
        else if (word === '%session-changed') connected = true;
        else if (word === '%exit') exit = true;
      } else if ((word === '%end' || word === '%error') && id === this.#block.id) {
        if (isOurs(id)) replies.push({ ok: word === '%end', text: this.#block.lines.join('\n') });
        this.#block = null;
      } else this.#block.lines.push(line);
    }
    return { replies, connected, exit };
  }
}

function split(line: string): [string, string] {
  const end = line.indexOf(' ');
  return end < 0 ? [line, ''] : [line.slice(0, end), line.slice(end + 1)];
}

/** The last field has flags; without the first the command was not sent over this connection. */
function isOurs(id: string): boolean {
  return (Number(id.split(' ').at(-1)) & 1) === 1;
}
