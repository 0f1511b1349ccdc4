import { existsSync } from 'node:fs';
import { lutimes, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** What autotools make and projects keep with their sources. */
const generated = new Set(['aclocal.m4', 'configure', 'config.h.in', 'Makefile.in']);
const elsewhere = new Set(['.git', 'node_modules']);

/**
 * A file in a checkout is as old as git's writing of it, so chance decides whether what was generated is older than its
 * source. make would generate it anew in one checkout and not in the next, and fail where the tools for that are missing.
 */
export async function settleGenerated(root: string): Promise<void> {
  const hasSource = ['configure.ac', 'configure.in'].some((name) => existsSync(join(root, name)));
  if (!hasSource || !existsSync(join(root, 'configure'))) return;
  await settleIn(Buffer.from(root), new Date());
}

/** Names are bytes: one that is no text must not hold up the others. */
async function settleIn(directory: Buffer, at: Date): Promise<void> {
  for (const entry of await readdir(directory, { withFileTypes: true, encoding: 'buffer' })) {
    const path = Buffer.concat([directory, Buffer.from('/'), entry.name]);
    const name = entry.name.toString();
    if (entry.isDirectory() && !elsewhere.has(name)) await settleIn(path, at);
    else if (generated.has(name)) await lutimes(path, at, at);
  }
}
