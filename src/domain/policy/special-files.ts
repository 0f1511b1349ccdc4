import type { FileChange } from '../change.ts';
import { type Change, type Rule, violation } from './rule.ts';

const SYMLINK = '120000';
const SUBMODULE = '160000';

/** Entries that reach outside the tree. Executable bits may change. */
export const specialFiles: Rule = {
  name: 'special-files',
  check(change) {
    const { files } = change;
    return [
      ...violation(
        'Symbolic links may not lead out of the repository.',
        files.filter((file) => file.mode === SYMLINK && leadsOut(file, change)).map(({ path }) => path),
      ),
      ...violation(
        'Submodules may not be added or moved.',
        files.filter(({ mode }) => mode === SUBMODULE).map(({ path }) => path),
      ),
      ...violation(
        'Paths inside a .git directory are not part of a project.',
        files.map(({ path }) => path).filter((path) => /(?:^|\/)\.git(?:\/|$)/i.test(path)),
      ),
    ];
  },
};

function leadsOut({ path, added }: FileChange, change: Change): boolean {
  const target = (change.readAfter(path) ?? added[0] ?? '').trim();
  if (target === '' || target.startsWith('/') || /^[a-z]:|\\/i.test(target)) return true;
  const parts = path.split('/').slice(0, -1);
  for (const part of target.split('/')) {
    if (part === '..') {
      if (parts.pop() === undefined) return true;
    } else if (part !== '.' && part !== '') {
      parts.push(part);
    }
  }
  return parts.some((part) => part.toLowerCase() === '.git');
}
