import { sep } from 'node:path';

/** What is wrong with a disk that does not take what is written. */
export type DiskFault = 'full' | 'read-only' | 'failing' | 'closed';

const byCode: Readonly<Record<string, DiskFault>> = {
  ENOSPC: 'full',
  EDQUOT: 'full',
  EIO: 'failing',
  EROFS: 'read-only',
};

/** Primary result codes of SQLite: READONLY, IOERR, FULL. What stands above the lowest byte only says more. */
const bySqliteCode: Readonly<Record<number, DiskFault>> = { 8: 'read-only', 10: 'failing', 13: 'full' };

/** Git says it in words only. A name that an agent chose may hold them too, so they prove nothing by themselves. */
const gitsWords: readonly [RegExp, DiskFault][] = [
  [/No space left on device|Disk quota exceeded|Out of diskspace/, 'full'],
  [/Read-only file system/, 'read-only'],
  [/Input\/output error/, 'failing'],
  [/\bunable to write\b|\bwrite error\b/, 'full'],
];

/** Thrown where work would be lost or judged wrongly because of the disk: it is to be done again later. */
export class DiskBlocked extends Error {
  constructor(trouble: string, options?: ErrorOptions) {
    super(trouble, options);
    this.name = 'DiskBlocked';
  }
}

/**
 * Whether an error comes from a disk, also one that is wrapped into others. A refused permission counts only below
 * `own`, our data directory: elsewhere it is somebody's intention.
 */
export function diskFaultOf(error: unknown, own: string): DiskFault | null {
  for (const at of causes(error)) {
    const fault = at.name === 'GitError' ? saidByGit(at) : saidByTheSystem(at, own);
    if (fault !== null) return fault;
  }
  return null;
}

/** The same where nobody but the disk can have said so: no agent, and nobody who took a permission away. */
export function isProvenDiskFault(error: unknown, own: string): boolean {
  return causes(error)
    .filter(({ name }) => name !== 'GitError')
    .map((at) => saidByTheSystem(at, own))
    .some((fault) => fault !== null && fault !== 'closed');
}

function causes(error: unknown): Error[] {
  const found: Error[] = [];
  for (let at = error; at instanceof Error && found.length < 10; at = at.cause) found.push(at);
  return found;
}

function saidByGit({ message }: Error): DiskFault | null {
  return gitsWords.find(([words]) => words.test(message))?.[1] ?? null;
}

function saidByTheSystem(error: Error, own: string): DiskFault | null {
  if (error instanceof DiskBlocked) return 'failing';
  const { code, errcode, path, syscall } = error as Error &
    Partial<Record<'code' | 'errcode' | 'path' | 'syscall', unknown>>;
  if (typeof errcode === 'number') return bySqliteCode[errcode & 0xff] ?? null;
  if (typeof code !== 'string') return null;
  const isOurs = typeof path === 'string' && (path === own || path.startsWith(own + sep));
  if (code === 'EACCES' || code === 'EPERM') return isOurs ? 'closed' : null;
  // Node makes a directory with its parents, asks what is there when that fails, and tells the answer to that: nothing.
  if (code === 'ENOENT' && syscall === 'mkdir') return isOurs ? 'failing' : null;
  return byCode[code] ?? null;
}
