import { connect, type Socket } from 'node:net';

interface Watched {
  connection: Socket;
  listeners: Set<() => void>;
}

/**
 * Tells that a tmux server has ended the moment it does. We are connected to its socket and say nothing: to the server a client that
 * is slow to introduce itself. No process, no control mode (see ADR 6). A server does not end by itself while
 * somebody is connected, so that this lasts no longer than sessions are watched.
 */
export class ServerWatch {
  readonly #servers = new Map<string, Watched>();

  /** `onEnd` is called, once, when the server at that socket has ended or lets us go, or when there is none. Returns what ends this. */
  listen(socket: string, onEnd: () => void): () => void {
    const watched = this.#servers.get(socket) ?? this.#connect(socket);
    const listener = (): void => onEnd();
    watched.listeners.add(listener);
    return () => {
      watched.listeners.delete(listener);
      if (watched.listeners.size === 0) this.#leave(socket, watched);
    };
  }

  #connect(socket: string): Watched {
    const watched: Watched = { connection: connect(socket).unref(), listeners: new Set() };
    this.#servers.set(socket, watched);
    const end = (): void => {
      this.#leave(socket, watched);
      const listeners = [...watched.listeners];
      watched.listeners.clear();
      for (const listener of listeners) listener();
    };
    // A server that ends in peace asks its clients to go first: anything it says means that.
    watched.connection.on('error', end).on('data', end).on('close', end);
    return watched;
  }

  #leave(socket: string, watched: Watched): void {
    watched.connection.destroy();
    if (this.#servers.get(socket) === watched) this.#servers.delete(socket);
  }
}
