import type { Terminal } from '../../../domain/task.ts';
import { ControlConnection } from './control.ts';
import { type Command, removeSession, tmux } from './server.ts';

interface Server {
  connection: ControlConnection | null;
  /** Who watches, each with its session. */
  watchers: Map<() => void, Terminal>;
}

/**
 * A control connection to each tmux server of which sessions are watched, for as long as they are. Everything works
 * without one, too: then keys cost a process, and that a server has died shows a second later.
 */
export class Connections {
  readonly #servers = new Map<string, Server>();

  /**
   * Connects where that is not done yet. `onLoss` is called when the connection ended: the server may have died, and with it the
   * session. Returns what ends that.
   */
  hold(terminal: Terminal, onLoss: () => void): () => void {
    const server = this.#servers.get(terminal.socket) ?? { connection: null, watchers: new Map() };
    this.#servers.set(terminal.socket, server);
    const watcher = (): void => onLoss();
    server.watchers.set(watcher, terminal);
    if (server.connection === null) connect(server, terminal);
    return () => {
      server.watchers.delete(watcher);
      if (server.watchers.size > 0) return;
      server.connection?.close();
      this.#servers.delete(terminal.socket);
    };
  }

  /** Over the connection, or by one call of tmux where there is none. Rejects with ConnectionLost when nobody knows. */
  async run(socket: string, commands: readonly Command[]): Promise<void> {
    const connection = this.#servers.get(socket)?.connection;
    if (!connection) await tmux(socket, commands);
    else await Promise.all(commands.map((command) => connection.run(command)));
  }

  /** Takes a session from its server, with the connection where it is in that session. */
  async remove(terminal: Terminal): Promise<void> {
    const connection = this.#servers.get(terminal.socket)?.connection ?? null;
    const isThere = connection?.terminal.session === terminal.session;
    await removeSession(terminal, connection === null || isThere ? null : connection);
  }
}

/** The connection is in some watched session; where that ends, it goes to another one. */
function connect(server: Server, terminal: Terminal): void {
  server.connection = new ControlConnection(terminal, (wasConnected) => {
    server.connection = null;
    for (const watcher of server.watchers.keys()) watcher();
    const next = [...server.watchers.values()].find(({ session }) => session !== terminal.session);
    // Where it never was connected another try would end alike: the next session that is watched makes it.
    if (wasConnected && next !== undefined) connect(server, next);
  });
}
