import { lstat, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const largestText = 256 * 1024;

/**
 * A Python environment holds the absolute path of the checkout that it was made in: in the first line of its programs,
 * its settings and the files that make a project importable in place. They get the new one.
 */
export async function relocate(directory: string, from: string, to: string): Promise<void> {
  const settings = join(directory, 'pyvenv.cfg');
  if (from === to || (await readText(settings)) === null) return;
  const files = [
    settings,
    ...(await filesIn(join(directory, 'bin'))),
    ...(await sitePackageFiles(directory)),
  ];
  for (const path of files) {
    const text = await readText(path);
    if (text?.includes(from)) await writeFile(path, text.replaceAll(from, to));
  }
}

async function sitePackageFiles(directory: string): Promise<string[]> {
  const found: string[] = [];
  for (const version of await readdir(join(directory, 'lib')).catch(() => [])) {
    const packages = join(directory, 'lib', version, 'site-packages');
    for (const name of await readdir(packages).catch(() => [])) {
      const path = join(packages, name);
      if (/\.(?:pth|egg-link)$|^__editable__.*\.py$/.test(name)) found.push(path);
      if (name.endsWith('.dist-info')) found.push(join(path, 'direct_url.json'));
    }
  }
  return found;
}

async function filesIn(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile()).map(({ name }) => join(directory, name));
}

/** null for what is no ordinary, small text file. */
async function readText(path: string): Promise<string | null> {
  const stats = await lstat(path).catch(() => null);
  if (stats === null || !stats.isFile() || stats.size > largestText) return null;
  const bytes = await readFile(path);
  return bytes.includes(0) ? null : bytes.toString('utf8');
}
