import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Where `ao` itself is: installs of its dependencies are made in folders beside them, see scripts/node.sh. */
export const root = join(import.meta.dirname, '../..');

/** Those whose process is gone; none while an install is under way. */
export function leftByInstalls(): string[] {
  if (existsSync(join(root, '.ao-install.lock'))) return [];
  return readdirSync(root).flatMap((name) => {
    const pid = /^\.ao-install\.(\d+)$/.exec(name)?.[1];
    return pid === undefined || lives(Number(pid)) ? [] : [join(root, name)];
  });
}

function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
