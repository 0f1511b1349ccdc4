import { readdirSync, readFileSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { AoError } from '../../../domain/errors.ts';

const folder = new URL('./migrations/', import.meta.url);

interface Migration {
  version: number;
  sql: string;
}

/** `0001-name.sql` is what brings a database from version 0 to 1. */
function readMigrations(): Migration[] {
  const names = readdirSync(folder).filter((name) => /^\d{4}-.*\.sql$/.test(name));
  return names
    .toSorted()
    .map((name) => ({ version: Number(name.slice(0, 4)), sql: readFileSync(new URL(name, folder), 'utf8') }));
}

function schemaVersion(database: DatabaseSync): number {
  const row = database.prepare('PRAGMA user_version').get();
  return Number(row?.['user_version'] ?? 0);
}

/**
 * Brings the schema up to ours, all or nothing. The version is read again inside the transaction, because another
 * process may have migrated the same file in between. A newer schema is refused and left alone.
 */
export function migrate(database: DatabaseSync, path: string): void {
  const migrations = readMigrations();
  const ours = migrations.at(-1)?.version ?? 0;
  refuseNewer(schemaVersion(database), ours, path);
  if (schemaVersion(database) === ours) return;
  database.exec('BEGIN EXCLUSIVE');
  try {
    const from = schemaVersion(database);
    refuseNewer(from, ours, path);
    for (const { sql } of migrations.filter(({ version }) => version > from)) database.exec(sql);
    database.exec(`PRAGMA user_version = ${ours}`);
    database.exec('COMMIT');
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK'); // a full disk has ended it already
    throw error;
  }
}

function refuseNewer(theirs: number, ours: number, path: string): void {
  if (theirs <= ours) return;
  throw new AoError(
    'daemon',
    `${path} was written by a newer ao: its schema is version ${theirs}, this ao knows ${ours}`,
    'Update ao, or point AO_HOME at another directory.',
  );
}
