import { type Files, pad, type Project, type RecordedOnly } from './project.ts';

const lintFiles: Files = {
  'package.json': '{"private":true,"type":"module","scripts":{"check":"eslint . && tsc -p ."}}\n',
  'eslint.config.js':
    'export default [{ files: ["src/*.js"], rules: { "no-var": "warn", "no-undef": "error" } }];\n',
  'tsconfig.json': '{"compilerOptions":{"strict":true,"noEmit":true,"types":[]},"include":["src"]}\n',
  'src/x.js': 'var a = 1; nope(a); nope(a);\n',
  'src/syntax.js': 'const x = ;\n',
  'src/fine.js': 'export const fine = 1;\n',
  'src/t.ts': 'const n: number = "text";\nexport { n };\n',
};

const ruffFiles: Files = {
  'syntax.py': 'def x(:\n',
  'src/several.py':
    'import os\nimport os\n\n\ndef f(a=[]):\n    if a == None:\n        return missing\n    x = 1\n',
};

export const linters: readonly Project[] = [
  {
    name: 'eslint',
    format: 'eslint',
    command: 'npm run lint',
    needs: ['eslint'],
    files: {
      'package.json': '{"private":true,"type":"module","scripts":{"lint":"eslint ."}}\n',
      'eslint.config.js':
        'export default [{ files: ["src/*.js"], rules: { "no-var": "warn", "no-undef": "error" } }];\n',
      'src/a.js': 'var fine = 1;\nmissing(fine);\n',
      'src/b.js': 'export const b = 1;\n',
    },
    fixed: { 'src/a.js': 'var fine = 1;\nconst missing = String;\nmissing(fine);\n' },
    moved: { 'src/a.js': pad('var fine = 1;\nmissing(fine);\n', '// more') },
    finding: { kind: 'diagnostic', title: "no-undef: 'missing' is not defined.", file: 'src/a.js', line: 2 },
    movedLine: 5,
    passes: null,
  },
  {
    name: 'sarif',
    format: 'sarif',
    command: 'eslint . --format @microsoft/sarif',
    needs: ['@microsoft/eslint-formatter-sarif'],
    files: {
      'package.json': '{"private":true,"type":"module"}\n',
      'eslint.config.js':
        'export default [{ files: ["src/*.js"], rules: { "no-var": "warn", "no-undef": "error" } }];\n',
      'src/a.js': 'var fine = 1;\nmissing(fine);\n',
    },
    fixed: { 'src/a.js': 'var fine = 1;\nconst missing = String;\nmissing(fine);\n' },
    moved: { 'src/a.js': pad('var fine = 1;\nmissing(fine);\n', '// more') },
    finding: { kind: 'diagnostic', title: "no-undef: 'missing' is not defined.", file: 'src/a.js', line: 2 },
    movedLine: 5,
    passes: null,
  },
  {
    name: 'ruff',
    format: 'file-line',
    command: 'ruff check --no-cache',
    needs: ['ruff'],
    files: { 'a.py': 'import os\nimport sys\n\nprint(sys.path)\n', 'b.py': 'B = 1\n' },
    fixed: { 'a.py': 'import sys\n\nprint(sys.path)\n' },
    moved: { 'a.py': pad('import os\nimport sys\n\nprint(sys.path)\n', '# more') },
    finding: { kind: 'diagnostic', title: 'F401: `os` imported but unused', file: 'a.py', line: 1 },
    movedLine: 4,
    passes: null,
  },
  {
    name: 'flake8',
    format: 'file-line',
    command: 'flake8',
    needs: ['flake8'],
    files: { 'a.py': 'import sys\nimport os\n\nprint(sys.path)\n', 'b.py': 'B = 1\n' },
    fixed: { 'a.py': 'import sys\n\nprint(sys.path)\n' },
    moved: { 'a.py': pad('import sys\nimport os\n\nprint(sys.path)\n', '# more') },
    finding: { kind: 'diagnostic', title: "F401: 'os' imported but unused", file: 'a.py', line: 2 },
    movedLine: 5,
    passes: null,
  },
  {
    name: 'clang',
    format: 'file-line',
    command: 'clang -Wall -c src/a.c -o /dev/null',
    needs: ['clang'],
    files: { 'src/a.c': 'int one(void) { int unused; return 1; }\nint two(void) { return x; }\n' },
    fixed: { 'src/a.c': 'int one(void) { return 1; }\nint two(void) { return 2; }\n' },
    moved: { 'src/a.c': pad('int one(void) { int unused; return 1; }\nint two(void) { return x; }\n', '//') },
    finding: { kind: 'diagnostic', title: "use of undeclared identifier 'x'", file: 'src/a.c', line: 2 },
    movedLine: 5,
    passes: null,
  },
  {
    name: 'tsc',
    format: 'tsc',
    command: 'tsc -p .',
    needs: ['tsc'],
    files: {
      'tsconfig.json': '{"compilerOptions":{"strict":true,"noEmit":true,"types":[]},"include":["src"]}\n',
      'src/a.ts': 'export const one = 1;\nexport const two: number = "two";\n',
    },
    fixed: { 'src/a.ts': 'export const one = 1;\nexport const two: number = 2;\n' },
    moved: { 'src/a.ts': pad('export const one = 1;\nexport const two: number = "two";\n', '// more') },
    finding: {
      kind: 'diagnostic',
      title: "TS2322: Type 'string' is not assignable to type 'number'.",
      file: 'src/a.ts',
      line: 2,
    },
    movedLine: 5,
    passes: null,
  },
  {
    name: 'gcc',
    format: 'file-line',
    command: 'gcc -Wall -c src/a.c -o /dev/null',
    needs: ['gcc'],
    files: { 'src/a.c': 'int one(void) { int unused; return 1; }\nint two(void) { return twice(1) + x; }\n' },
    fixed: { 'src/a.c': 'int one(void) { return 1; }\nint two(void) { return 2; }\n' },
    moved: {
      'src/a.c': pad(
        'int one(void) { int unused; return 1; }\nint two(void) { return twice(1) + x; }\n',
        '//',
      ),
    },
    finding: {
      kind: 'diagnostic',
      title: '‘x’ undeclared (first use in this function)',
      file: 'src/a.c',
      line: 2,
    },
    movedLine: 5,
    passes: null,
  },
  {
    name: 'oxlint',
    format: 'file-line',
    command: 'oxlint --deny-warnings src',
    needs: ['oxlint'],
    files: { 'src/a.js': 'export const a = 1;\ndebugger;\n', '.oxlintrc.json': '{}\n' },
    fixed: { 'src/a.js': 'export const a = 1;\n' },
    moved: { 'src/a.js': pad('export const a = 1;\ndebugger;\n', '// more') },
    finding: {
      kind: 'diagnostic',
      title: 'eslint(no-debugger): `debugger` statement is not allowed',
      file: 'src/a.js',
      line: 2,
    },
    movedLine: 5,
    passes: null,
  },
];

export const lintersRecordings: readonly RecordedOnly[] = [
  { name: 'several', format: 'eslint', command: 'eslint .', files: lintFiles },
  { name: 'stylish', format: 'eslint', command: 'npm run check', files: lintFiles },
  {
    name: 'warnings',
    format: 'eslint',
    command: 'eslint . --max-warnings 0',
    files: {
      'eslint.config.js': lintFiles['eslint.config.js'] ?? '',
      'src/x.js': 'var a = 1;\nexport { a };\n',
    },
  },
  {
    name: 'syntax',
    format: 'tsc',
    command: 'tsc -p .',
    files: {
      'tsconfig.json': lintFiles['tsconfig.json'] ?? '',
      'src/a.ts': 'const a = ;\n',
      'src/b.ts': 'const b: number = "b";\n',
    },
  },
  {
    name: 'pretty',
    format: 'tsc',
    command: 'tsc -p . --pretty',
    files: {
      'tsconfig.json': lintFiles['tsconfig.json'] ?? '',
      'src/b.ts': 'export const b: number = "b";\n',
    },
  },
  {
    name: 'ruff-several',
    format: 'file-line',
    command: 'ruff check --no-cache --select F,E,B .',
    files: ruffFiles,
  },
  {
    name: 'ruff-full',
    format: 'file-line',
    command: 'ruff check --no-cache --select F,E,B --output-format full .',
    files: ruffFiles,
  },
];
