import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { findExecutable } from '../src/lib/executable.ts';
import { Installation } from './support/installation.ts';

const execute = promisify(execFile);
let ao: Installation;
let home: string;
let binaries: string;

before(async () => {
  ao = new Installation();
  home = ao.home('home');
  binaries = join(ao.root, 'bin');
  mkdirSync(binaries);
  mkdirSync(join(ao.root, 'folder/inner'), { recursive: true });
  writeFileSync(join(ao.root, 'folder/script.json'), '{}');
  const program = `#!/bin/sh\nexec '${process.execPath}' '${join(ao.root, 'src/cli/main.ts')}' "$@"\n`;
  writeFileSync(join(binaries, 'ao'), program, { mode: 0o755 });
});
after(() => ao.remove());

/** What a shell prints for a script, with `ao` on its path. */
async function shell(name: string, args: readonly string[]): Promise<string> {
  const path = `${binaries}${delimiter}${process.env['PATH'] ?? ''}`;
  const env = { PATH: path, HOME: ao.root, AO_HOME: home, TERM: 'dumb', LANG: 'C.UTF-8', ...ao.cache };
  const settings = { env, cwd: ao.root, timeout: 60_000 };
  return (await execute(name, args, settings)).stdout;
}

/** Completions of the last of `words` in bash, sorted. */
async function inBash(...words: string[]): Promise<string[]> {
  const quoted = ['ao', ...words].map((word) => `'${word}'`).join(' ');
  const ask = `COMP_WORDS=(${quoted}); COMP_CWORD=${words.length}; _ao; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const text = await shell('bash', ['--norc', '--noprofile', '-c', `source <(ao completion bash)\n${ask}`]);
  return text
    .split('\n')
    .filter((line) => line !== '')
    .toSorted();
}

/** The same in fish, for a whole line. */
async function inFish(line: string): Promise<string[]> {
  const ask = `ao completion fish | source; complete -C '${line}'`;
  const text = await shell('fish', ['--no-config', '-c', ask]);
  return text
    .split('\n')
    .flatMap((one) => one.split('\t')[0] || [])
    .toSorted();
}

/** What zsh makes of keys (`\t` completes) in a real terminal; the program itself only repeats its arguments. */
async function inZsh(keys: string, first: string): Promise<string> {
  const inner = [
    'PS1=',
    'autoload -Uz compinit',
    'compinit -u -D',
    'source <(command ao completion zsh)',
    'ao() { if [[ $1 == completion ]]; then command ao "$@"; else print -r -- "ran:${(j:|:)@}:end"; fi }',
  ];
  const script = `zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell ${quoteForZsh(inner.join('; '))}
zpty -n -w shell ${quoteForZsh(`${keys}\n`)}
zpty -r shell text '*ran:${first}*:end*'
print -r -- "$text"
zpty -d shell`;
  const text = await shell('zsh', ['-f', '-c', script]);
  return /ran:(.*?):end/s.exec(text.slice(text.lastIndexOf('ran:')))?.[1] ?? text;
}

function quoteForZsh(text: string): string {
  return `$'${text.replace(/[\\']/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\t', '\\t')}'`;
}

const wholePath = { PATH: process.env['PATH'] ?? '' };

/** In CI every shell has to be there. */
async function whereThereIs(name: string): Promise<{ skip?: string }> {
  const found = await findExecutable(name, '/', wholePath);
  const missing = found.path === null && process.env['CI'] !== 'true';
  return missing ? { skip: `${name} is not installed` } : {};
}

const [bash, zsh, fish] = await Promise.all(['bash', 'zsh', 'fish'].map(whereThereIs));

describe('completion', { concurrency: 3 }, () => {
  test('bash completes commands, flags, their values and paths', bash ?? {}, async () => {
    assert.deepEqual(await inBash('st'), ['status', 'stop']);
    assert.deepEqual(await inBash('daemon', 'st'), ['start', 'status', 'stop']);
    assert.deepEqual(await inBash('fix', '--check-'), ['--check-concurrency', '--check-timeout']);
    assert.deepEqual(await inBash('fix', '--workspace', ''), ['clone', 'worktree']);
    assert.deepEqual(await inBash('fix', '--workspace', '=', 'w'), ['worktree']);
    assert.deepEqual(await inBash('fix', '--agent-script', 'folder/'), [
      'folder/inner',
      'folder/script.json',
    ]);
    assert.deepEqual(await inBash('fix', 'folder/'), ['folder/inner']);
  });

  test('fish completes commands, flags, their values and paths', fish ?? {}, async () => {
    assert.deepEqual(await inFish('ao st'), ['status', 'stop']);
    assert.deepEqual(await inFish('ao fix --check-'), ['--check-concurrency', '--check-timeout']);
    assert.deepEqual(await inFish('ao fix --workspace '), ['clone', 'worktree']);
    assert.deepEqual(await inFish('ao fix --workspace=w'), ['--workspace=worktree']);
    assert.deepEqual(await inFish('ao fix folder/'), ['folder/inner/']);
  });

  test('zsh completes commands, flags, their values and paths', zsh ?? {}, async () => {
    const line = 'ao fi\t--workspa\tw\tfolder/in\t';
    assert.equal(await inZsh(line, 'fix'), 'fix|--workspace|worktree|folder/inner');
  });

  test(
    'ids are offered while the daemon runs, and asking for them does not start it',
    bash ?? {},
    async () => {
      assert.deepEqual(await inBash('stop', ''), []);
      assert.equal(existsSync(join(home, 'daemon.json')), false);
      await ao.run(home, ['daemon', 'start']);
      assert.deepEqual(await inBash('stop', 'ru'), ['run-1']);
      assert.deepEqual(await inBash('stop', 'x'), []);
    },
  );
});

test('a flag is offered once, unless it may be repeated, and hidden ones never', async () => {
  const flags = async (...words: string[]): Promise<string[]> => {
    const { stdout } = await ao.run(home, ['completion', 'words', '--', 'fix', ...words, '--']);
    return stdout.split('\n').map((line) => line.split('\t')[0] ?? '');
  };
  const first = await flags();
  assert.ok(first.includes('--target') && first.includes('--check') && first.includes('--json'));
  assert.equal(first.includes('--no-policy'), false);
  const then = await flags('--target=main', '--check', 'a=b');
  assert.equal(then.includes('--target'), false);
  assert.ok(then.includes('--check'));
  assert.deepEqual(await flags('--'), [':directories', ''], 'behind -- there are no flags');
});
