import { chmodSync, closeSync, openSync } from 'node:fs';
import { AoError } from '../../../domain/errors.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { Store } from '../../../ports/store.ts';
import { openDatabase, type SqliteOptions } from './database.ts';
import { refuseNetworkFilesystem } from './filesystem.ts';
import { SqliteStore } from './store.ts';

/** Opens the database file at `path`, made with mode 0600 where it is missing; its directory must exist. */
export async function openSqliteStore(
  path: string,
  clock: Clock,
  options: SqliteOptions = {},
): Promise<Store> {
  try {
    refuseNetworkFilesystem(path);
    makePrivate(path);
    return new SqliteStore(openDatabase(path, options), clock, path);
  } catch (error) {
    throw error instanceof AoError ? error : cannotOpen(path, error);
  }
}

/** SQLite gives its side files the mode of the main file. */
function makePrivate(path: string): void {
  closeSync(openSync(path, 'a', 0o600));
  chmodSync(path, 0o600);
}

function cannotOpen(path: string, error: unknown): AoError {
  const detail = error instanceof Error ? error.message : String(error);
  return new AoError(
    'daemon',
    `cannot open the database ${path}: ${detail}`,
    'Check that the directory is writable and its disk is not full, or set AO_HOME to another directory.',
    { cause: error },
  );
}
