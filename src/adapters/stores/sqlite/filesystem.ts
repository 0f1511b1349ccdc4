import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { AoError } from '../../../domain/errors.ts';

/** Linux' numbers of filesystems that live on another machine. Their locks do not hold what WAL needs of them. */
const network: Record<number, string> = {
  0x6969: 'NFS',
  0x517b: 'SMB',
  0xff534d42: 'CIFS',
  0xfe534d42: 'SMB2',
  0x01021997: '9P',
  0x5346414f: 'AFS',
  0x6b414653: 'AFS',
  0x73757245: 'Coda',
  0x564c: 'NCP',
  0x00c36400: 'Ceph',
  0x0bd00bd0: 'Lustre',
  0x47504653: 'GPFS',
};

/** Name of the network filesystem that `type` (of statfs) stands for, null for all others. */
export function networkFilesystem(type: number): string | null {
  return network[type >>> 0] ?? null;
}

/** `statfs` can be replaced, because a test has no network filesystem at hand. */
export function refuseNetworkFilesystem(
  path: string,
  statfs: (path: string) => { type: number } = statfsSync,
): void {
  if (process.platform !== 'linux') return;
  const name = networkFilesystem(statfs(dirname(path)).type);
  if (name === null) return;
  throw new AoError(
    'config',
    `${dirname(path)} is on a network filesystem (${name}), where a database file gets damaged`,
    'Set AO_HOME to a directory on a local disk.',
  );
}
