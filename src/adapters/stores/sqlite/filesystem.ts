import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { AoError } from '../../../domain/errors.ts';
import { networkFilesystem } from '../../../lib/network-filesystem.ts';

/** Locks there do not hold what WAL needs of them. `statfs` can be replaced, because a test has no network filesystem at hand. */
export function refuseNetworkFilesystem(
  path: string,
  statfs: (path: string) => { type: number } = statfsSync,
): void {
  const name = networkFilesystem(statfs(dirname(path)).type);
  if (name === null) return;
  throw new AoError(
    'config',
    `${dirname(path)} is on a network filesystem (${name}), where a database file gets damaged`,
    'Set AO_HOME to a directory on a local disk.',
  );
}
