import { AoError } from '../../../domain/errors.ts';
import type { Runtime } from '../../../ports/runtime.ts';
import { findHolder } from '../find-holder.ts';
import { endSession, followEvents, followOutput, observe, seal, wait } from '../held-session.ts';
import { forgetOutput, keptFrom } from '../kept-output.ts';
import { resources } from '../resources.ts';
import { startSession } from './start.ts';
import { appendInput, endInput, readInput } from './input.ts';

/** The agent writes into its file itself: when it has ended, all of it is there. */
const end = new Uint8Array();

/** Agents as plain processes under a small shell that outlives us; see `../wrapper.ts`. */
export const processRuntime: Runtime = {
  name: 'process',
  start: startSession,
  find: async (place) => ({ runtime: 'process', ...(await findHolder(place)) }),
  observe,
  wait,
  write: appendInput,
  written: readInput,
  endInput,
  press: async () => {
    throw new AoError('conflict', 'The agent has no terminal, and so no keys.');
  },
  followEvents,
  terminalSize: async () => null,
  follow: (handle, offset, signal) => followOutput(handle, { offset, end }, signal),
  stop: endSession,
  resources,
  seal,
  keptFrom,
  forget: forgetOutput,
};
