import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import type { ForeignProject } from './projects.ts';
import { mustRun } from './run.ts';

/** Outside of the repository: nothing of others' code is kept in it. */
function cacheDirectory(): string {
  return path.join(process.env['XDG_CACHE_HOME'] || path.join(homedir(), '.cache'), 'ao-foreign');
}

/** The published archive, downloaded once and compared with its checksum each time. */
export async function fetchArchive(project: ForeignProject): Promise<string> {
  const directory = cacheDirectory();
  await mkdir(directory, { recursive: true });
  const archive = path.join(directory, `${project.name}-${project.version}.tgz`);
  if (!existsSync(archive)) await download(project, archive);
  const sha256 = createHash('sha256')
    .update(await readFile(archive))
    .digest('hex');
  if (sha256 !== project.sha256)
    throw new Error(`${archive} has the SHA-256 ${sha256}, not ${project.sha256}`);
  return archive;
}

async function download({ name, version, from }: ForeignProject, archive: string): Promise<void> {
  const directory = path.dirname(archive);
  if (from === 'npm') {
    const { stdout } = await mustRun(['npm', 'pack', '--silent', `${name}@${version}`], directory);
    await rename(path.join(directory, stdout.trim()), archive);
    return;
  }
  const tried: string[] = [];
  for (const mirror of await mirrors()) {
    const url = new URL(`pool/${from.pool}`, mirror);
    const response = await fetch(url).catch((error: unknown) => String(error));
    tried.push(`${url}: ${typeof response === 'string' ? response : response.status}`);
    if (typeof response === 'string' || !response.ok) continue;
    return writeFile(archive, Buffer.from(await response.arrayBuffer()));
  }
  throw new Error(`${name} could not be downloaded:\n${tried.join('\n') || 'apt knows no archive'}`);
}

/** Where this machine gets Debian's packages from. */
async function mirrors(): Promise<string[]> {
  const { stdout } = await mustRun(['apt-get', 'indextargets', '--format', '$(REPO_URI)'], '/');
  return [...new Set(stdout.split('\n').filter((line) => line.startsWith('http')))];
}
