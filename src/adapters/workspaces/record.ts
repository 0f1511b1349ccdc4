import { lstat, mkdir, readFile, realpath, rm } from 'node:fs/promises';
import path from 'node:path';
import { AoError } from '../../domain/errors.ts';
import type { WorkspaceRef } from '../../domain/task.ts';
import { writeFileAtomic } from '../../lib/atomic-file.ts';
import { removeDirectory } from '../../lib/remove-directory.ts';
import { stableHash } from '../../lib/stable-hash.ts';
import type { Hub } from '../../ports/git.ts';

/** What we know of a workspace from having made it; an agent can change what lies in the workspace, but not this. */
export interface WorkspaceRecord {
  kind: WorkspaceRef['kind'];
  path: string;
  /** Real path of the directory that holds it, so that nothing is removed through a link put there later. */
  parent: string;
  /** Worktrees: git's own directory for it in the user's repository; null until git has made it. */
  gitDir: string | null;
  /** What its last capture could not read; absent where that was nothing. */
  unread?: string[];
}

/** Written before anything is made, so that whatever a crash leaves behind is known to be ours. */
export async function recordWorkspace(hub: Hub, record: WorkspaceRecord): Promise<void> {
  const file = recordFile(hub, record.path);
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  await writeFileAtomic(file, JSON.stringify(record));
}

export async function readRecord(hub: Hub, workspace: string): Promise<WorkspaceRecord | null> {
  const text = await readFile(recordFile(hub, workspace), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (text === null) return null;
  const record = JSON.parse(text) as WorkspaceRecord; // our own file, in a directory that is private to the user
  return record.path === workspace ? record : null;
}

export async function forgetWorkspace(hub: Hub, workspace: string): Promise<void> {
  await rm(recordFile(hub, workspace), { force: true });
}

function recordFile(hub: Hub, workspace: string): string {
  return path.join(hub.gitDir, 'ao', 'workspaces', `${stableHash([workspace])}.json`);
}

/** Notes what a capture could not read: a workspace is not removed while it holds that. */
export async function noteUnread(hub: Hub, workspace: string, unread: string[]): Promise<void> {
  const record = await readRecord(hub, workspace);
  if (record === null || (unread.length === 0 && record.unread === undefined)) return;
  const { unread: _, ...rest } = record;
  await recordWorkspace(hub, unread.length === 0 ? rest : { ...rest, unread });
}

/** Removes the directory that the record is about, and nothing else. */
export async function removeRecorded(hub: Hub, workspace: string): Promise<WorkspaceRecord | null> {
  const record = await readRecord(hub, workspace);
  if (!(await isThere(workspace))) return record;
  if (record === null) {
    throw new AoError(
      'conflict',
      `${workspace} was not made by ao for this project.`,
      'Remove it yourself if it is not needed.',
    );
  }
  if ((await realpath(path.dirname(workspace))) !== record.parent) {
    throw new AoError('conflict', `${workspace} is no longer where it was made.`, 'Look at what is there.');
  }
  if (record.unread !== undefined) {
    const some = record.unread.slice(0, 3).join(', ');
    const message = `${workspace} holds what belongs to another user, could not be read and so was not saved: ${some}.`;
    throw new AoError('conflict', message, 'Look at it, and remove the workspace yourself.');
  }
  await removeDirectory(workspace);
  return record;
}

/** Rejects where something is there already, or the name does not do for a branch. Makes the directory around it. */
export async function prepareToMake(
  hub: Hub,
  spec: { kind: WorkspaceRef['kind']; path: string; branch: string },
): Promise<WorkspaceRecord> {
  if (!/^[a-zA-Z0-9][\w-]*(\/[a-zA-Z0-9][\w.-]*)*$/.test(spec.branch) || /\.\.|\.lock\b/.test(spec.branch)) {
    throw new AoError('usage', `${spec.branch} is no name for a branch of ours.`);
  }
  if (await isThere(spec.path)) {
    throw new AoError('conflict', `${spec.path} exists already.`, 'Take another name, or remove it.');
  }
  await mkdir(path.dirname(spec.path), { recursive: true, mode: spec.kind === 'clone' ? 0o700 : 0o777 });
  const parent = await realpath(path.dirname(spec.path));
  const record: WorkspaceRecord = { kind: spec.kind, path: spec.path, parent, gitDir: null };
  await recordWorkspace(hub, record);
  return record;
}

/** A link counts, wherever it leads. */
export async function isThere(place: string): Promise<boolean> {
  return lstat(place).then(
    () => true,
    () => false,
  );
}

/** True for a directory itself, not for a link to one. */
export async function isDirectory(place: string): Promise<boolean> {
  return lstat(place).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
}
