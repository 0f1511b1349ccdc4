import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import * as rules from './architecture/rules.ts';
import { codeOf, functionsOf, importsOf, type SourceFile } from './architecture/scan.ts';

const root = join(import.meta.dirname, '..');
const files: SourceFile[] = globSync('{src,test,scripts}/**/*.ts', { cwd: root }).map((path) => ({
  path,
  text: readFileSync(join(root, path), 'utf8'),
}));
const allowed: rules.SizeAllowlist = JSON.parse(readFileSync(join(root, 'test/size-allowlist.json'), 'utf8'));

const file = (path: string, text: string): SourceFile => ({ path, text });
const lines = (count: number): string => '  f();\n'.repeat(count);

/** One rule: the repository keeps it, and it does notice each of the files that break it. */
function holds(
  sentence: string,
  rule: rules.Rule,
  examples: { breaks: SourceFile[][]; keeps: SourceFile[][] },
): void {
  test(sentence, () => {
    for (const broken of examples.breaks) {
      assert.notDeepEqual(rule(broken), [], `not noticed: ${JSON.stringify(broken).slice(0, 300)}`);
    }
    for (const kept of examples.keeps) assert.deepEqual(rule(kept), []);
    assert.deepEqual(rule(files), []);
  });
}

const imports = (from: string, to: string): SourceFile[] => [file(from, `import { x } from '${to}';\n`)];

holds(
  'imports go one way: lib, domain, ports, engine, api; adapters do not know each other; the command line only knows the API',
  rules.importsAgainstTheLayers,
  {
    breaks: [
      imports('src/lib/a.ts', '../domain/task.ts'),
      imports('src/domain/a.ts', '../ports/store.ts'),
      imports('src/ports/a.ts', '../engine/engine.ts'),
      imports('src/engine/a.ts', '../adapters/registry.ts'),
      imports('src/engine/a.ts', '../api/client.ts'),
      imports('src/api/a.ts', '../daemon/main.ts'),
      imports('src/adapters/agents/codex/index.ts', '../../../engine/engine.ts'),
      imports('src/adapters/agents/codex/index.ts', '../claude-code/parse.ts'),
      imports('src/adapters/agents/codex/index.ts', '../../runtimes/process/index.ts'),
      imports('src/adapters/system-clock.ts', './registry.ts'),
      imports('src/adapters/git/hub.ts', '../workspaces/clone.ts'),
      imports('src/adapters/checks/detect.ts', './junit/parse.ts'),
      imports('src/lib/a.ts', '../library/b.ts'),
      imports('src/cli/commands/fix.ts', '../../engine/engine.ts'),
      imports('src/cli/commands/fix.ts', '../../daemon/main.ts'),
      imports('src/cli/start-daemon.ts', '../daemon/main.ts'),
      imports('src/cli/commands/fix.ts', '../../demo/run-demo.ts'),
      imports('src/demo/index.ts', '../adapters/registry.ts'),
      imports('src/lib/a.ts', '../../test/support/x.ts'),
      [file('src/lib/a.ts', "export type { T } from '../domain/task.ts';")],
      [file('src/lib/a.ts', "const x = await import('../domain/task.ts');")],
      [file('src/lib/a.ts', "let x: import('../domain/task.ts').Task;")],
      [file('src/lib/a.ts', "import '../domain/task.ts';")],
    ],
    keeps: [
      imports('src/engine/a.ts', '../domain/task.ts'),
      imports('src/api/routes/a.ts', '../../engine/engine.ts'),
      imports('src/adapters/registry.ts', './agents/codex/index.ts'),
      imports('src/adapters/agents/codex/index.ts', './parse.ts'),
      imports('src/adapters/agents/codex/index.ts', '../lines.ts'),
      imports('src/adapters/git/hub.ts', './target.ts'),
      imports('src/adapters/agents/codex/index.ts', '../../../ports/agent.ts'),
      imports('src/cli/commands/fix.ts', '../../api/client.ts'),
      imports('src/daemon/main.ts', '../adapters/registry.ts'),
      imports('src/lib/a.ts', 'node:fs'),
      imports('src/domain/a.test.ts', '../../test/support/x.ts'),
      [
        file(
          'src/lib/a.ts',
          "// import { x } from '../domain/task.ts';\nconst s = \"from '../domain/x.ts'\";",
        ),
      ],
    ],
  },
);

holds('every file of src belongs to a layer', rules.foldersWithoutALayer, {
  breaks: [[file('src/utils/a.ts', '')], [file('src/helper.ts', '')]],
  keeps: [[file('src/engine/loops/a.ts', '')], [file('src/config.ts', '')]],
});

holds('domain code does no I/O and reads no clock, no chance and no environment', rules.impureDomain, {
  breaks: [
    imports('src/domain/a.ts', 'node:crypto'),
    imports('src/domain/a.ts', 'zod'),
    [file('src/domain/a.ts', 'const t = Date.now();')],
    [file('src/domain/policy/a.ts', 'const t = new Date();')],
    [file('src/domain/a.ts', 'const t = Math.random();')],
    [file('src/domain/a.ts', 'const t = process.env;')],
  ],
  keeps: [
    [file('src/domain/a.ts', '// Date.now() is forbidden\nconst t = new Date(atMs);')],
    imports('src/lib/a.ts', 'node:crypto'),
  ],
});

holds('no file imports itself through others, not even for types', rules.importCycles, {
  breaks: [
    [...imports('src/lib/a.ts', './b.ts'), ...imports('src/lib/b.ts', './a.ts')],
    [
      file('src/lib/a.ts', "import type { B } from './b.ts';"),
      ...imports('src/lib/b.ts', './c.ts'),
      ...imports('src/lib/c.ts', './a.ts'),
    ],
  ],
  keeps: [
    [
      file('src/lib/a.ts', "import './b.ts';\nimport './c.ts';"),
      ...imports('src/lib/b.ts', './c.ts'),
      file('src/lib/c.ts', ''),
    ],
  ],
});

holds('no file has over 400 lines', rules.longFiles(allowed), {
  breaks: [[file('src/lib/a.ts', lines(401))]],
  keeps: [[file('src/lib/a.ts', lines(400))], [file('src/lib/a.test.ts', lines(900))]],
});

const body = lines(70);
holds('no function has over 70 lines', rules.longFunctions(allowed), {
  breaks: [
    [file('src/lib/a.ts', `function f(a: string): { b: string } {\n${body}}\n`)],
    [file('src/lib/a.ts', `const f = async (a: () => void): Promise<Map<string, {}>> => {\n${body}};\n`)],
    [file('src/lib/a.ts', `class A {\n  static async f<T>(a: T): Promise<T> {\n${body}  }\n}\n`)],
    [file('src/lib/a.ts', `export default {\n  get f() {\n${body}  },\n};\n`)],
    [file('src/lib/a.ts', `run((a) => {\n${body}});\n`)],
    [file('src/lib/a.ts', `function f(a: unknown): a is { b: string } {\n${body}}\n`)],
  ],
  keeps: [
    [file('src/lib/a.ts', `function f() {\n${lines(68)}}\n`)],
    [file('src/lib/a.ts', `class A {\n${'  f(): void {}\n'.repeat(90)}}\n`)],
    [file('src/lib/a.ts', `interface A {\n  f(): void;\n${'  a: string;\n'.repeat(90)}}\n`)],
    [file('src/lib/a.ts', `if (a) {\n${lines(90)}}\n`)],
  ],
});

test('an allowance for size only shrinks', () => {
  const long = [file('src/lib/a.ts', lines(450))];
  const allowance = (count: number): rules.SizeAllowlist => ({
    files: { 'src/lib/a.ts': count },
    functions: {},
  });
  assert.equal(rules.looseAllowances(allowance(460))(long).length, 1);
  assert.equal(rules.looseAllowances(allowance(390))([file('src/lib/a.ts', lines(390))]).length, 1);
  assert.equal(rules.looseAllowances(allowance(450))([]).length, 1);
  assert.deepEqual(rules.looseAllowances(allowance(450))(long), []);
  assert.deepEqual(rules.longFiles(allowance(450))(long), []);
  assert.deepEqual(rules.looseAllowances(allowed)(files), []);
});

holds('nothing has the type any', rules.anyTypes, {
  breaks: [
    'let a: any;',
    'f(a as any);',
    'let a: Map<string, any>;',
    'type A = any;',
    'const f = (): any => 1;',
  ].map((text) => [file('src/lib/a.ts', text)]),
  keeps: [
    [file('src/lib/a.ts', "// any: of them\nconst a = { any: 1, b: 'as any' };\nPromise.any([]);")],
    [file('src/lib/a.ts', 'const any = 1;\nf(a, any);')],
  ],
});

holds('nothing silences the compiler', rules.silencedCompiler, {
  breaks: ['ignore', 'nocheck', 'expect-error'].map((how) => [file('src/lib/a.ts', `// @ts-${how}\n`)]),
  keeps: [[file('src/lib/a.ts', "const pattern = '@ts-ignore';")]],
});

holds('no class is named Manager, Service, Helper or Utils', rules.drawerClasses, {
  breaks: ['SessionManager', 'GitService', 'PathHelper', 'StringUtils', 'Manager'].map((name) => [
    file('src/lib/a.ts', `export class ${name} {}`),
  ]),
  keeps: [[file('src/lib/a.ts', 'class ServiceAccount {}\n// class GitManager')]],
});

holds('no shell stands between us and a program', rules.shells, {
  breaks: [
    "import { execSync } from 'node:child_process';",
    'exec(`ls ${path}`);',
    'childProcess.exec(command);',
    "spawn('ls', [], { shell: true });",
  ].map((text) => [file('src/lib/a.ts', text)]),
  keeps: [
    [file('src/lib/a.ts', "pattern.exec(text);\nexecFile('ls', [], { shell: false });\n// exec(command)")],
  ],
});

test('the scanner tells code from comments, strings, templates and regular expressions', () => {
  const blanked = (text: string): string => codeOf(text).replaceAll(/ +/g, ' ');
  assert.equal(blanked("a('//') / 2; // c\nb /* ' */ + 1"), "a(' ') / 2; \nb + 1");
  assert.equal(blanked('x = /["`/*]/g; y = a / b / c;'), 'x = / /g; y = a / b / c;');
  assert.equal(blanked('`a ${b({ c: `d ${e}` })} f`'), '` ${b({ c: ` ${e}` })} `');
  assert.deepEqual(importsOf(file('a.ts', "import a, { type B } from './b.ts';\nexport * from './c.ts';")), [
    './b.ts',
    './c.ts',
  ]);
  assert.deepEqual(
    functionsOf(file('a.ts', 'function f() {\n}\nconst g = (a: string) => {\n};\nconst h = f(() => ({}));')),
    [
      { name: 'f', line: 1, lines: 2 },
      { name: 'g', line: 3, lines: 2 },
    ],
  );
});
