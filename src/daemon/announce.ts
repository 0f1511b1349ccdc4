import { closeSync, writeSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Announcement } from '../api/client/start-daemon.ts';
import { AoError } from '../domain/errors.ts';
import { diskFaultOf } from '../lib/disk-fault.ts';

/** Tells whoever started this daemon how it went, once, on the pipe that the command line names. */
export function announcer(argv: readonly string[]): (announcement: Announcement) => void {
  const { values } = parseArgs({ args: [...argv], options: { announce: { type: 'string' } } });
  let descriptor = values.announce === undefined ? null : Number(values.announce);
  return (announcement) => {
    if (descriptor === null) return;
    const pipe = descriptor;
    descriptor = null;
    try {
      writeSync(pipe, `${JSON.stringify(announcement)}\n`);
      closeSync(pipe);
    } catch {
      // Whoever waited is gone; the daemon is not for them alone.
    }
  };
}

/** `home`: the data directory. */
export function failure(error: unknown, home: string): Announcement {
  if (error instanceof AoError) {
    const { code, message, hint } = error;
    return { state: 'failed', error: { code, message, hint } };
  }
  const message = `the daemon cannot start: ${error instanceof Error ? error.message : String(error)}`;
  return {
    state: 'failed',
    error: { code: 'daemon', message, hint: hintFor(error, home) },
  };
}

/** A full disk took no log either. */
function hintFor(error: unknown, home: string): string {
  return diskFaultOf(error, home) === null
    ? 'See the end of daemon.log in AO_HOME.'
    : `Free disk space or check the disk of ${home}, then run the command again; agents go on meanwhile.`;
}
