import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { workspacePackages } from './workspace-packages.ts';

const packages = ['packages/a', 'packages/b', 'packages/b/node_modules/c', 'tools/d', 'esbuild'];

function packagesOf(t: TestContext, files: Record<string, string>): string[] {
  const root = mkdtempSync(join(tmpdir(), 'ao-workspace-packages-'));
  t.after(() => rmSync(root, { recursive: true }));
  const all = { ...Object.fromEntries(packages.map((name) => [`${name}/package.json`, '{}'])), ...files };
  for (const [name, text] of Object.entries(all)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  return workspacePackages(root);
}

const json = (workspaces: unknown): Record<string, string> => ({
  'package.json': JSON.stringify({ workspaces }),
});
const yaml = (text: string): Record<string, string> => ({ 'pnpm-workspace.yaml': text });

for (const [what, files] of Object.entries({
  'a list': json(['packages/*', 'tools/d']),
  'a list within an object': json({ packages: ['./packages/*/', 'tools/**'] }),
  "pnpm's list": yaml("packages:\n  - 'packages/*'\n  - tools/d\nonlyBuiltDependencies:\n  - esbuild\n"),
  "pnpm's list in one line": yaml('packages: ["packages/*", tools/d]\n'),
  "pnpm's list with remarks, indents and line ends of its own": yaml(
    '# ours\r\npackages: # all\r\n- "packages/**" # libraries\r\n\r\n# others\r\n- tools/*\r\n- "!**/test/**"\r\n',
  ),
})) {
  test(`the packages of a repository are found by ${what}`, (t) => {
    assert.deepEqual(packagesOf(t, files), ['packages/a', 'packages/b', 'tools/d']);
  });
}

test('patterns that multiply are passed over, and the others are read: whoever asks waits for them', (t) => {
  const bombs = [
    '{a,b}'.repeat(13),
    '{1..3000}',
    '{a,{b,c}}'.repeat(8),
    ...Array(3000).fill('{a,b,c,d}/{a,b,c,d}'),
  ];
  const before = process.cpuUsage();
  assert.deepEqual(packagesOf(t, json([...bombs, 'packages/{a,b}', 'tools/d'])), [
    'packages/a',
    'packages/b',
    'tools/d',
  ]);
  const { user, system } = process.cpuUsage(before);
  assert.ok(user + system < 1_000_000, `${user + system} µs`);
});

for (const [what, files] of Object.entries({
  nothing: {},
  'text that is no YAML': yaml('packages: [\n'),
  'something else': { ...json('packages/*'), ...yaml('packages: 5\n') },
  'places outside': json(['../*', '/tmp/*', '.', 'packages/../../*']),
})) {
  test(`a repository that names ${what} has no packages`, (t) => {
    assert.deepEqual(packagesOf(t, files), []);
  });
}
