import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';

const root = join(import.meta.dirname, '..');
const run = promisify(execFile);

async function helpOf(...words: string[]): Promise<string> {
  const { stdout } = await run(process.execPath, [join(root, 'src/cli/main.ts'), ...words, '--help']);
  return stdout;
}

const page = await readFile(join(root, 'docs/cli.md'), 'utf8');
const help = await helpOf();
const names = [...help.matchAll(/^ {2}ao ([a-z]+) /gm)].map(([, name]) => name ?? '');

/** Text below `## title`, up to the next heading. */
function section(title: string): string {
  const [, text = ''] = page.split(`\n## ${title}\n`);
  return text.split('\n## ')[0] ?? '';
}

/** Long names of the flags that a command's help shows at the beginning of a line. */
function flagsIn(text: string): string[] {
  return [...text.matchAll(/^ {2}(?:-\w, )?(--[a-z-]+)/gm)].map(([, flag]) => flag ?? '');
}

/** Those in the first column of a table of the page. */
function documentedFlags(text: string): string[] {
  const cells = text.split('\n').flatMap((line) => /^\|([^|]*)\|/.exec(line)?.[1] ?? []);
  return cells.flatMap((cell) => cell.match(/--[a-z][a-z-]*/g) ?? []);
}

/** Help of a command and, where it has some, of its own commands. */
async function wholeHelp(name: string): Promise<string> {
  const own = await helpOf(name);
  const [, list = ''] = own.split('\nCommands:\n');
  const inner = [...list.matchAll(/^ {2}([a-z]+) /gm)].map(([, word]) => word ?? '');
  return [own, ...(await Promise.all(inner.map((word) => helpOf(name, word))))].join('\n');
}

test('docs/cli.md has a section for each command of ao --help, and for no other', () => {
  const documented = [...page.matchAll(/^## ao ([a-z]+)$/gm)].map(([, name]) => name);
  assert.ok(names.length >= 10);
  assert.deepEqual(documented.toSorted(), names.toSorted());
});

for (const name of names) {
  test(`docs/cli.md has the flags of ao ${name}`, async () => {
    const real = new Set(flagsIn(await wholeHelp(name)).filter((flag) => flag !== '--help'));
    assert.deepEqual(documentedFlags(section(`ao ${name}`)).toSorted(), [...real].toSorted());
  });
}

test('docs/cli.md has the exit codes of ao --help', () => {
  const [, list = ''] = help.split('Exit codes\n');
  const real = [...(list.split('\n\n')[0] ?? '').matchAll(/^ {2}(\d+) /gm)].map(([, code]) => code);
  const documented = [...section('Exit codes').matchAll(/^\| (\d+) \|/gm)].map(([, code]) => code);
  assert.ok(real.length > 5);
  assert.deepEqual(documented, real);
});

test('docs/cli.md has the variables of ao --help', () => {
  const [, list = ''] = help.split('Variables\n');
  const real = new Set(list.match(/\bAO_[A-Z_]+\b/g));
  const documented = new Set(page.match(/\bAO_[A-Z_]+\b/g));
  assert.deepEqual([...documented].toSorted(), [...real].toSorted());
});

test('the help of every command begins with an example and offers --json', async () => {
  for (const name of names) {
    const text = await wholeHelp(name);
    assert.match(text, new RegExp(`^ao ${name}`));
    assert.match(text, /--json/, name);
  }
});
