import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { git } from '../lib/git.ts';

/** The folder in which a branch is checked out, null where it is in none: a command for people has to name the right one. */
export async function checkedOutAt(repository: string, branch: string): Promise<string | null> {
  try {
    const args = ['for-each-ref', '--format=%(worktreepath)', '--', `refs/heads/${branch}`];
    const { stdout } = await git(args, { cwd: repository, asUser: true });
    const folder = stdout.toString().replace(/\n$/, '');
    return existsSync(join(folder, '.git')) ? folder : null; // a bare repository names itself
  } catch {
    return null; // the repository is gone
  }
}
