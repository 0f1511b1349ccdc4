import type { FileChange } from '../../domain/change.ts';
import type { Git } from '../../lib/git.ts';
import { pathFromBytes, splitAtNul } from '../../lib/path-bytes.ts';

const options = ['-r', '-M', '--no-ext-diff', '--no-textconv', '--ignore-submodules=none'];

/** A patch beyond this is no change that anybody could judge. */
const maxPatchBytes = 64 << 20;

/**
 * What changed between two trees. Names, modes and kinds come from the raw form, lines from the patch; the two list the
 * same files in the same order, so that no name ever needs to be read out of a patch.
 */
export async function readChanges(git: Git, from: string, to: string): Promise<FileChange[]> {
  const [raw, patch] = await Promise.all([
    git(['diff-tree', '--raw', '-z', '--no-abbrev', ...options, from, to, '--']),
    git(['diff-tree', '-p', '-U0', ...options, from, to, '--'], { maxBytes: maxPatchBytes }),
  ]);
  const files = parseRaw(raw.stdout);
  const sections = parsePatch(patch.stdout.toString());
  const changes = files.map((file) => ({ ...file, ...takeSections(file, sections) }));
  if (sections.length > 0) throw new Error(`${sections.length} parts of a patch belong to no file`);
  const sizes = await sizesOf(
    git,
    changes.filter(({ binary }) => binary).map(({ blob }) => blob),
  );
  return changes.map(({ blob, ...change }) => ({ ...change, bytes: sizes.get(blob) ?? 0 }));
}

/** Sizes of blobs by their ids; ids of nothing (a deleted file) are left out. */
async function sizesOf(git: Git, blobs: readonly string[]): Promise<Map<string, number>> {
  if (blobs.length === 0) return new Map();
  const args = ['cat-file', '--batch-check=%(objectname) %(objectsize)'];
  const { stdout } = await git(args, { input: `${blobs.join('\n')}\n` });
  const lines = stdout.toString().trimEnd().split('\n');
  return new Map(
    lines.flatMap((line) => {
      const [id = '', size = ''] = line.split(' ');
      return /^\d+$/.test(size) ? [[id, Number(size)]] : [];
    }),
  );
}

type RawChange = Pick<FileChange, 'path' | 'oldPath' | 'status' | 'mode'> & { blob: string };

const statuses: Readonly<Record<string, FileChange['status']>> = {
  A: 'added',
  M: 'modified',
  D: 'deleted',
  R: 'renamed',
  T: 'type_changed',
};

/** `:oldmode newmode oldid newid status` NUL path NUL [new path NUL] */
function parseRaw(bytes: Uint8Array): RawChange[] {
  const records = splitAtNul(bytes);
  const changes: RawChange[] = [];
  for (let at = 0; at < records.length; ) {
    const [, mode = '', , blob = '', letter = ''] = (records[at] ?? Buffer.alloc(0))
      .toString('latin1')
      .split(' ');
    const status = statuses[letter.slice(0, 1)];
    if (status === undefined) throw new Error(`git reports a change of an unknown kind: ${letter}`);
    const first = pathFromBytes(records[at + 1] ?? Buffer.alloc(0));
    const renamed = status === 'renamed';
    const path = renamed ? pathFromBytes(records[at + 2] ?? Buffer.alloc(0)) : first;
    changes.push({
      path,
      oldPath: renamed ? first : null,
      status,
      mode: status === 'deleted' ? null : mode,
      blob,
    });
    at += renamed ? 3 : 2;
  }
  return changes;
}

interface Section {
  binary: boolean;
  added: string[];
  removed: string[];
}

/** A change of type is shown as a removal and an addition, everything else as one section. */
function takeSections(file: RawChange, sections: Section[]): Section {
  const own = sections.splice(0, file.status === 'type_changed' ? 2 : 1);
  if (own.length === 0) throw new Error(`the patch does not show ${file.path}`);
  return {
    binary: own.some((section) => section.binary),
    added: own.flatMap((section) => section.added),
    removed: own.flatMap((section) => section.removed),
  };
}

/** One section for each `diff --git` line: a line of a file's content never begins with it, as it has a sign first. */
function parsePatch(patch: string): Section[] {
  const sections: Section[] = [];
  let section: Section | undefined;
  let inHunk = false;
  for (const line of patch.split('\n')) {
    if (line.startsWith('diff --git ')) {
      section = { binary: false, added: [], removed: [] };
      sections.push(section);
      inHunk = false;
    } else if (line.startsWith('@@ ')) {
      inHunk = true;
    } else if (inHunk && line.startsWith('+')) {
      section?.added.push(line.slice(1));
    } else if (inHunk && line.startsWith('-')) {
      section?.removed.push(line.slice(1));
    } else if (!inHunk && section && line.startsWith('Binary files ')) {
      section.binary = true;
    }
  }
  return sections;
}
