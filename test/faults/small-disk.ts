import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Why no disk can be mounted here, or null. */
export function withoutMounts(): string | null {
  if (process.platform !== 'linux') return 'disks are mounted on Linux only';
  const place = mkdtempSync(path.join(tmpdir(), 'ao-mount-'));
  const tried = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'ao-test', place]);
  if (tried.status === 0) execFileSync('umount', [place]);
  rmSync(place, { recursive: true });
  return tried.status === 0 ? null : 'nothing may be mounted here';
}

export interface SmallDisk {
  /** Where somebody else's file takes all the space there is. */
  filler: string;
  fill(): void;
  free(): void;
  /** False while something is still open for writing there. */
  makeReadOnly(): boolean;
  remove(): void;
}

/** A disk of its own on an empty directory, in memory. */
export function mountSmallDisk(directory: string, megabytes: number): SmallDisk {
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=700`, 'ao-test', directory]);
  const filler = path.join(directory, 'filler');
  return {
    filler,
    fill: () => fillUp(filler),
    free: () => rmSync(filler, { force: true }),
    makeReadOnly: () => spawnSync('mount', ['-o', 'remount,ro', directory]).status === 0,
    remove: () => void execFileSync('umount', ['--lazy', directory]),
  };
}

function fillUp(file: string): void {
  const descriptor = openSync(file, 'a', 0o600);
  try {
    for (let size = 1 << 20; size >= 1; size = size >> 1) writeUntilFull(descriptor, Buffer.alloc(size));
  } finally {
    closeSync(descriptor);
  }
}

function writeUntilFull(descriptor: number, bytes: Buffer): void {
  try {
    while (writeSync(descriptor, bytes) > 0);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
  }
}
