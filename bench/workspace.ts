// npm run bench -- workspace: a workspace of 5,000 files, beside raw `git worktree add`; then 16 at once.
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { openHub } from '../src/adapters/git/hub.ts';
import { cloneWorkspaces } from '../src/adapters/workspaces/clone.ts';
import type { Hub } from '../src/ports/git.ts';
import { makeRepository, temporaryDirectory, type TestRepository } from '../test/support/repositories.ts';
import { median, report, timed } from './support/figures.ts';

const fileCount = 5_000;
const rounds = 7;
const atOnce = 16;

async function manyFiles(): Promise<TestRepository> {
  const files = Array.from({ length: fileCount }, (_, index) => {
    const name = `src/part-${index % 50}/file-${index}.ts`;
    return [name, `export const value${index} = ${index};\n`.repeat(20)] as const;
  });
  const repository = await makeRepository({ files: Object.fromEntries(files) });
  // The hub keeps what it fetched in one pack. The other side gets the same: loose objects read much more slowly.
  await repository.git('repack', '-a', '-d', '--quiet');
  return repository;
}

interface Bench {
  repository: TestRepository;
  hub: Hub;
  commit: string;
  directory: string;
}

function make({ hub, commit, directory }: Bench, name: string): Promise<unknown> {
  return cloneWorkspaces.make({ hub, commit, path: path.join(directory, name), branch: `ao/${name}` });
}

async function pairs(bench: Bench): Promise<{ ours: number; raw: number }> {
  const ours: number[] = [];
  const raw: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    const [clone, worktree] = [`c${round}`, path.join(bench.directory, `w${round}`)];
    const add = () => bench.repository.git('worktree', 'add', '--quiet', '-b', `b${round}`, worktree);
    const both = [async () => ours.push(await timed(() => make(bench, clone)))];
    both.push(async () => raw.push(await timed(add)));
    for (const one of round % 2 === 0 ? both : both.toReversed()) await one();
    await Promise.all([clone, worktree].map((name) => discard(path.resolve(bench.directory, name))));
  }
  const [mine, theirs] = [ours.slice(1), raw.slice(1)]; // the first round fills caches
  return { ours: median(mine), raw: median(theirs) };
}

function discard(directory: string): Promise<void> {
  return rm(directory, { recursive: true, force: true });
}

async function failuresAtOnce(bench: Bench): Promise<number> {
  const names = Array.from({ length: atOnce }, (_, index) => `s${index}`);
  const made = await Promise.allSettled(names.map((name) => make(bench, name)));
  for (const outcome of made) if (outcome.status === 'rejected') console.error(outcome.reason);
  return made.filter(({ status }) => status === 'rejected').length;
}

const repository = await manyFiles();
const directory = await temporaryDirectory();
try {
  const gitDir = path.join(directory, 'hub.git');
  const hub = await openHub({ gitDir, userRepository: repository.path });
  const commit = (await hub.fetchTarget('main')) ?? '';
  const bench = { repository, hub, commit, directory };
  const { ours, raw } = await pairs(bench);
  const made = `${ours.toFixed(0)} ms ÷ ${raw.toFixed(0)} ms, medians of ${rounds} rounds`;
  const failures = await failuresAtOnce(bench);
  report([
    { what: `workspace of ${fileCount} files ÷ git worktree add`, value: ours / raw, made, most: 1.1 },
    { what: `${atOnce} at once: failures`, value: failures, made: `of ${atOnce}`, most: 0, digits: 0 },
  ]);
} finally {
  await repository.remove();
  await discard(directory);
}
