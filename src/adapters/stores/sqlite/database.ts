import { DatabaseSync } from 'node:sqlite';
import { migrate } from './migrate.ts';

export interface SqliteOptions {
  /** `full` (the default) also survives a power cut; `normal` may lose the last commits then, but never tears one. */
  synchronous?: 'full' | 'normal';
  /** How long to wait for another process that writes. */
  busyTimeoutMs?: number;
}

/** The file with our settings and our schema. */
export function openDatabase(path: string, options: SqliteOptions): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: options.busyTimeoutMs ?? 10_000 });
  try {
    database.exec('PRAGMA journal_mode = WAL');
    database.exec(`PRAGMA synchronous = ${options.synchronous === 'normal' ? 'NORMAL' : 'FULL'}`);
    database.exec('PRAGMA foreign_keys = ON');
    migrate(database, path);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}
