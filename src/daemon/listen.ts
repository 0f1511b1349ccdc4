import { lstatSync, rmSync } from 'node:fs';
import { rmdir } from 'node:fs/promises';
import type { Server } from 'node:http';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import { createAdaptorServer } from '@hono/node-server';
import type { Hono } from 'hono';
import { AoError } from '../domain/errors.ts';
import { socketPath } from '../lib/ao-home.ts';

export interface Listening {
  socket: string;
  /** False when the socket's file was removed or replaced, so that no client finds it any more. */
  stillThere(): boolean;
  /** Ends every connection, the idle ones first, and removes the socket. */
  close(): Promise<void>;
}

/** Serves `api` on a socket for this user only. The caller has the lock, so no living daemon listens there. */
export async function listen(api: Hono, home: string): Promise<Listening> {
  const server = createAdaptorServer({ fetch: api.fetch }) as Server;
  server.requestTimeout = 0; // a preview or a stop answers when it is done
  const socket = await freePath(home);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(cannotListen(socket, error)));
    server.listen(socket, resolve);
  });
  const { ino } = lstatSync(socket);
  const stillThere = (): boolean => lstatSync(socket, { throwIfNoEntry: false })?.ino === ino;
  const closed = async (): Promise<void> => {
    await close(server);
    await removeBeside(home, socket);
  };
  return { socket, stillThere, close: closed };
}

/** The directory that was made for a socket beside `home`; agents' terminals may still have theirs in it. */
async function removeBeside(home: string, socket: string): Promise<void> {
  if (dirname(socket) !== home) await rmdir(dirname(socket)).catch(() => {});
}

/** A dead daemon's socket is removed; what somebody else put there is left alone, and another name taken. */
async function freePath(home: string): Promise<string> {
  const usual = place(home, 'daemon.sock');
  const found = lstatSync(usual, { throwIfNoEntry: false });
  if (found === undefined) return usual;
  if (!found.isSocket() || (await answers(usual))) return place(home, `daemon-${process.pid}.sock`);
  rmSync(usual);
  return usual;
}

function place(home: string, name: string): string {
  try {
    return socketPath(home, name, process.env);
  } catch (error) {
    const hint = 'Set AO_HOME to a shorter path, or XDG_RUNTIME_DIR to a private directory.';
    throw new AoError('daemon', error instanceof Error ? error.message : String(error), hint);
  }
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const client = connect(path);
    client.once('connect', () => {
      client.destroy();
      resolve(true);
    });
    client.once('error', () => resolve(false));
  });
}

function cannotListen(socket: string, error: Error): AoError {
  return new AoError(
    'daemon',
    `cannot listen on ${socket}: ${error.message}`,
    'Set AO_HOME to a writable directory on a local disk.',
  );
}

const lastAnswersMs = 500;

/** Answers that are on their way still go out. Node removes the socket's file itself. */
function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections(), lastAnswersMs);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    server.closeIdleConnections();
  });
}
