import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AoError } from '../../../domain/errors.ts';
import type { RuntimeHandle, Terminal } from '../../../domain/task.ts';
import { initialSize, type Runtime, type TerminalSize } from '../../../ports/runtime.ts';
import { findHolder } from '../find-holder.ts';
import { endSession, followEvents, followOutput, observe, seal, wait } from '../held-session.ts';
import { forgetOutput, keptFrom } from '../kept-output.ts';
import { resources } from '../resources.ts';
import { names } from '../session-files.ts';
import { terminalEnd } from '../wrapper.ts';
import { pressIn, typeInto } from './input.ts';
import { removeSession, tmuxReady } from './server.ts';
import { ServerWatch } from './server-watch.ts';
import { startInTerminal, terminalOf } from './start.ts';

/** No screen is larger; what the file says costs memory. */
const most = 1000;

/** What a terminal printed is written down within this time of its end, or never. */
const wholeMs = 10_000;

/**
 * Agents in terminals of a tmux server of our own at `socket`, each under the wrapper of `../wrapper.ts`, which tells how
 * it ended even when the server is killed. tmux is called to start, to write and to stop; to look, only files are read.
 */
export function tmuxRuntime(socket: string): Runtime {
  const servers = new ServerWatch();
  const placeOf = (handle: RuntimeHandle): Terminal => handle.terminal ?? terminalOf(socket, handle.mark);
  return {
    name: 'tmux',
    ready: tmuxReady,
    start: (spec) => startInTerminal(socket, spec, untilWhole),
    find: async (place) => {
      const terminal = terminalOf(socket, place.mark);
      return { runtime: 'tmux', ...(await findHolder(place)), terminal };
    },
    observe,
    wait: (handle, signal) => wait(handle, signal, (hint) => servers.listen(placeOf(handle).socket, hint)),
    write: (handle, text) => typeInto(handle, placeOf(handle), text),
    press: (handle, keys) => pressIn(handle, placeOf(handle), keys),
    followEvents,
    terminalSize: sizeOf,
    written: async () => '',
    endInput: async () => {
      throw new AoError('conflict', 'The input of a terminal has no end.', 'Stop the session: ao stop');
    },
    follow: (handle, offset, signal) => followOutput(handle, { offset, end: terminalEnd }, signal),
    stop: async (handle, graceMs) => {
      await endSession(handle, graceMs);
      await untilWhole(handle); // removing the pane cuts off what is not written yet
      await removeSession(placeOf(handle));
    },
    resources,
    seal,
    keptFrom,
    forget: forgetOutput,
  };
}

/** As the server wrote it down last; a file that is half written is read again another time. */
async function sizeOf({ dir }: RuntimeHandle): Promise<TerminalSize> {
  const file = join(dir, names.size);
  const text = existsSync(file) ? await readFile(file, 'utf8') : '';
  const [, columns, rows] = /^(\d+) (\d+)\n$/.exec(text) ?? [];
  if (columns === undefined) return initialSize;
  return { columns: Math.min(Number(columns), most), rows: Math.min(Number(rows), most) };
}

/** Resolves when the output of a session that has ended is in its file. */
async function untilWhole(handle: RuntimeHandle): Promise<void> {
  const file = await stat(join(handle.dir, names.output)).catch(() => null);
  if (file === null) return;
  const offset = Math.max(0, file.size - terminalEnd.length);
  const output = followOutput(handle, { offset, end: terminalEnd }, AbortSignal.timeout(wholeMs));
  while ((await output.next()).done !== true);
}
