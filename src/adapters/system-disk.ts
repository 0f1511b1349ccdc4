import { closeSync, fdatasyncSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { diskFaultOf } from '../lib/disk-fault.ts';
import type { Disk } from '../ports/disk.ts';

const oneBlock = Buffer.alloc(4096, 'ao');

/** `reserveBytes`: what has to be free before something new is started. */
export function makeDisk(home: string, reserveBytes: number): Disk {
  const shortage = (): string | null => {
    try {
      return shortageIn(home, reserveBytes);
    } catch (error) {
      return describe(home, error);
    }
  };
  return { shortage, trouble: () => refusedWrite(home) ?? shortage() };
}

function shortageIn(home: string, reserveBytes: number): string | null {
  const { bavail, bsize, files, ffree } = statfsSync(home);
  const free = bavail * bsize;
  if (free < reserveBytes) {
    return `the disk of ${home} has ${megabytes(free)} free and needs ${megabytes(reserveBytes)}: free some space, or set AO_DISK_RESERVE lower and restart the daemon`;
  }
  // Filesystems without a fixed number of files say that there are none at all.
  if (files > 0 && ffree === 0) return `the disk of ${home} takes no more files: remove some`;
  return null;
}

/** Writes as the database does, so that what stops the one stops the other. */
function refusedWrite(home: string): string | null {
  const file = join(home, 'disk.probe');
  let descriptor: number | null = null;
  try {
    descriptor = openSync(file, 'w', 0o600);
    writeSync(descriptor, oneBlock, 0, oneBlock.length, 0);
    fdatasyncSync(descriptor);
    return null;
  } catch (error) {
    return describe(home, error);
  } finally {
    tidy(file, descriptor);
  }
}

function tidy(file: string, descriptor: number | null): void {
  try {
    if (descriptor !== null) closeSync(descriptor);
    rmSync(file, { force: true });
  } catch {
    // It is written over the next time.
  }
}

function describe(home: string, error: unknown): string {
  const detail = error instanceof Error ? error.message : String(error);
  switch (diskFaultOf(error, home)) {
    case 'full':
      return `the disk of ${home} is full: free some space`;
    case 'read-only':
      return `the disk of ${home} is read-only: mount it for writing`;
    case 'closed':
      return `${home} may not be written: give it back to yourself (chmod, chown)`;
    case 'failing':
      return `the disk of ${home} fails (${detail}): check it`;
    case null:
      return `${home} cannot be written (${detail})`;
  }
}

function megabytes(bytes: number): string {
  return `${Math.floor(bytes / 1e6)} MB`;
}
