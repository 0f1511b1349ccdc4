import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { after, test } from 'node:test';
import { promisify } from 'node:util';
import { makeRepository } from '../../../test/support/repositories.ts';
import { waitFor } from '../../../test/support/wait-for.ts';
import { ObjectReader } from './object-reader.ts';

const rubbish: string[] = [];
after(() => Promise.all(rubbish.map((directory) => rm(directory, { recursive: true, force: true }))));

async function setUp() {
  const repository = await makeRepository({ files: { 'a.txt': 'one\n', 'empty.txt': '' } });
  rubbish.push(repository.path);
  const gitDir = path.join(repository.path, '.git');
  return { repository, gitDir, objects: new ObjectReader(gitDir) };
}

/** Ids of the `git cat-file` processes that run in a git directory. */
async function held(gitDir: string): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(
    pids.map(async (pid) => {
      const read = (file: string) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '');
      const mine = (await read('cmdline')).includes('cat-file') && (await read('environ')).includes(gitDir);
      return mine ? [Number(pid)] : [];
    }),
  );
  return lines.flat();
}

test('questions asked at once are answered in their order, each with its own object', async () => {
  const { repository, objects } = await setUp();
  const big = 'line of a big file\n'.repeat(200_000);
  const commit = await repository.commit({ 'big.txt': big });
  const id = (name: string) => repository.git('rev-parse', `${commit}:${name}`);
  const [a, empty, bigId] = await Promise.all([id('a.txt'), id('empty.txt'), id('big.txt')]);
  const answers = await Promise.all([
    objects.read(a),
    objects.info('f'.repeat(40)),
    objects.read(bigId),
    objects.read(empty),
    objects.info(bigId),
    objects.read(a),
  ]);
  const texts = answers.map((found) => found && 'content' in found && found.content.toString());
  assert.deepEqual([texts[0], texts[1], texts[3], texts[5]], ['one\n', null, '', 'one\n']);
  assert.equal(texts[2] === big, true);
  assert.deepEqual([answers[4]?.id, answers[4]?.type, answers[4]?.size], [bigId, 'blob', big.length]);
});

test('objects that came later are found', async () => {
  const { repository, objects } = await setUp();
  assert.equal(await objects.info('e'.repeat(40)), null);
  const commit = await repository.commit({ 'b.txt': 'two\n' });
  assert.equal((await objects.info(commit))?.type, 'commit');
  await repository.git('repack', '-a', '-d', '--quiet');
  const tree = await repository.git('rev-parse', `${commit}^{tree}`);
  assert.equal((await objects.info(`${commit}^{tree}`))?.id, tree);
});

test('a name that is two lines is no second question', async () => {
  const { repository, objects } = await setUp();
  const head = await repository.head();
  assert.equal(await objects.info(`${head}\ninfo ${head}`), null);
  assert.equal((await objects.info(head))?.type, 'commit');
});

test('who waits for a git that dies is told, and who asks next is answered', async () => {
  const { repository, gitDir, objects } = await setUp();
  const head = await repository.head();
  await objects.info(head);
  const [pid = 0] = await held(gitDir);
  process.kill(pid, 'SIGSTOP');
  const waiting = objects.info(head);
  process.kill(pid, 'SIGKILL');
  await assert.rejects(waiting, /git cat-file: it ended/);
  assert.equal((await objects.info(head))?.type, 'commit');
});

test('git is held for many questions, let go when nobody asks, and keeps no process from ending', async () => {
  const { repository, gitDir, objects } = await setUp();
  const head = await repository.head();
  for (let i = 0; i < 20; i++) await objects.info(head);
  assert.equal((await held(gitDir)).length, 1);
  await waitFor('git to be let go', async () => (await held(gitDir)).length === 0);
  const program = [
    `import { ObjectReader } from ${JSON.stringify(path.join(import.meta.dirname, 'object-reader.ts'))};`,
    `const objects = new ObjectReader(${JSON.stringify(gitDir)});`,
    `process.stdout.write((await objects.info('${head}')).type + ' ' + Math.round(performance.now()));`,
    `process.on('exit', () => process.stdout.write(' ' + Math.round(performance.now())));`,
  ].join('\n');
  const run = promisify(execFile);
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', program]);
  const [type, answered, ended] = stdout.split(' ');
  assert.equal(type, 'commit');
  assert.ok(Number(ended) - Number(answered) < 1500, 'it did not wait for git to be let go');
});
