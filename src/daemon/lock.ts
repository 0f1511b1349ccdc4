import { closeSync, openSync, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { AoError } from '../domain/errors.ts';

export interface Lock {
  /** False when the file was removed or replaced, so that another daemon could take it too. */
  stillOurs(): boolean;
  release(): void;
}

const busy = 5;

/**
 * Takes the lock of a data directory, or null where another process has it. The kernel holds it for this process and lets
 * go when it ends in whatever way, so that no lock is ever stale. (SQLite is the way to such a lock that Node has.)
 */
export function takeLock(path: string): Lock | null {
  let database: DatabaseSync | null = null;
  try {
    closeSync(openSync(path, 'a', 0o600));
    database = new DatabaseSync(path, { timeout: 0 });
    database.exec('PRAGMA journal_mode = MEMORY'); // nothing is ever written: no second file
    database.exec('BEGIN EXCLUSIVE');
    return lockOf(path, database);
  } catch (error) {
    database?.close();
    if (error instanceof Error && 'errcode' in error && error.errcode === busy) return null;
    const detail = error instanceof Error ? error.message : String(error);
    throw new AoError(
      'daemon',
      `cannot lock ${path}: ${detail}`,
      'Set AO_HOME to a directory of yours on a local disk.',
    );
  }
}

function lockOf(path: string, database: DatabaseSync): Lock {
  const { dev, ino } = statSync(path);
  return {
    stillOurs() {
      const found = statSync(path, { throwIfNoEntry: false });
      return found !== undefined && found.dev === dev && found.ino === ino;
    },
    release() {
      if (database.isOpen) database.close();
    },
  };
}
