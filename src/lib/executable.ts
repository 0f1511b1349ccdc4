import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, resolve } from 'node:path';

/** Where programs are looked for when the environment has no PATH. */
const defaultPath = '/usr/local/bin:/usr/bin:/bin';

export type Executable = { path: string } | { path: null; why: 'missing' | 'not executable' };

/** The file that `name` starts in `cwd` under this environment, found the way the system does it. */
export async function findExecutable(
  name: string,
  cwd: string,
  env: Readonly<Record<string, string>>,
): Promise<Executable> {
  const candidates = name.includes('/')
    ? [resolve(cwd, name)]
    : (env['PATH'] ?? defaultPath).split(delimiter).map((directory) => resolve(cwd, directory, name));
  let why: 'missing' | 'not executable' = 'missing';
  for (const path of name === '' ? [] : candidates) {
    const file = await stat(path).catch(() => null);
    if (!file) continue;
    const allowed =
      file.isFile() &&
      (await access(path, constants.X_OK).then(
        () => true,
        () => false,
      ));
    if (allowed) return { path };
    why = 'not executable';
  }
  return { path: null, why };
}
