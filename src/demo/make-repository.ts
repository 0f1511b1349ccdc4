import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { git } from '../lib/git.ts';
import type { Case } from './case.ts';

/** What belongs to no case. */
const common: Readonly<Record<string, string>> = {
  'README.md': `# Corner shop

A small shop in plain JavaScript, red in many places. It was made by \`ao demo\`, which brings it to green.
`,
  'package.json': `${JSON.stringify({ name: 'corner-shop', private: true, type: 'module', scripts: { test: 'node --test', lint: 'oxlint' } }, null, 2)}\n`,
  '.oxlintrc.json': `${JSON.stringify({ categories: { correctness: 'error' }, rules: { eqeqeq: 'error', 'no-debugger': 'error', 'no-unused-vars': 'error' } }, null, 2)}\n`,
};

/** All files of the demo's repository, by path. */
export function shopFiles(cases: readonly Case[]): Record<string, string> {
  return Object.assign({}, common, ...cases.map(({ files }) => files));
}

/** A new repository with one commit on `main`, nothing of the user's configuration, and no remote. */
export async function makeRepository(path: string, files: Readonly<Record<string, string>>): Promise<void> {
  await writeFiles(path, files);
  await git(['init', '--quiet', '--initial-branch=main', '--template='], { cwd: path });
  const [name, email] = ['Corner Shop', 'shop@example.com'];
  await git(['config', 'user.name', name], { cwd: path });
  await git(['config', 'user.email', email], { cwd: path });
  await git(['add', '--all'], { cwd: path });
  const env = {
    GIT_AUTHOR_NAME: name,
    GIT_AUTHOR_EMAIL: email,
    GIT_COMMITTER_NAME: name,
    GIT_COMMITTER_EMAIL: email,
  };
  await git(['commit', '--quiet', '--message=Open the shop'], { cwd: path, env });
}

async function writeFiles(directory: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    const file = join(directory, name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
}
