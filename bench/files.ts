// npm run bench -- files: a run on a repository of 50,000 files, with agents in clones and in worktrees.
import { rm } from 'node:fs/promises';
import { makeRepository } from '../test/support/repositories.ts';
import { report, timed } from './support/figures.ts';
import { finished, inPlace, startFix } from './support/place.ts';

const fileCount = 50_000;

const files = Array.from({ length: fileCount }, (_, index): [string, string] => [
  `src/part-${index % 500}/file-${index}.ts`,
  `export const value${index} = ${index};\n`,
]);
const repository = await makeRepository({ files: { ...Object.fromEntries(files), a: '0\n' } });
try {
  await repository.git('repack', '-a', '-d', '--quiet');
  const before = await repository.head();
  const copy = `${repository.path}-copy`;
  const raw = await timed(() => repository.git('worktree', 'add', '--quiet', '--detach', copy));
  await rm(copy, { recursive: true, force: true });
  await repository.git('worktree', 'prune');
  const took: Record<string, number> = {};
  for (const workspace of ['clone', 'worktree']) {
    await repository.git('reset', '--quiet', '--hard', before);
    await inPlace(async (place) => {
      const flags = { checks: ['t=grep -qx 1 a'], agentCommand: "sh -c 'echo 1 > a'", workspace };
      took[workspace] = await timed(async () => {
        const done = await finished(place, await startFix(place, repository, flags));
        if (!done.ok) throw new Error(JSON.stringify(done.remaining));
      });
    });
  }
  const made = (ms: number): string =>
    `${(ms / 1000).toFixed(1)} s; git worktree add takes ${(raw / 1000).toFixed(1)} s`;
  report(
    Object.entries(took).map(([workspace, ms]) => ({
      what: `50,000 files: one finding to green, ${workspace}, ÷ one \`git worktree add\``,
      value: ms / raw,
      made: made(ms),
    })),
  );
} finally {
  await repository.remove();
}
