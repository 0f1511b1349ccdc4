import { pad, type Project, type RecordedOnly } from './project.ts';

const cSource = 'int subtract(int a, int b) { return a + b; }\n';

const goodC = 'int subtract(int a, int b) { return a - b; }\n';

const cTests = `#include <assert.h>
int subtract(int a, int b);
int main(void) {
  assert(subtract(3, 1) == 2);
  return 0;
}
`;

const makefile = `.PHONY: test
test: test_subtract
\t@./test_subtract
\techo all good
test_subtract: test_subtract.c subtract.c
\t$(CC) -o $@ $^
`;

const script = `#!/bin/sh
set -e
check() {
  if [ "$2" = "$3" ]; then echo "PASS $1"; else echo "FAIL $1: got $2, wanted $3"; exit 1; fi
}
check adds "$(./calc.sh 1 + 1)" 2
check subtracts "$(./calc.sh 3 - 1)" 2
`;

const shellCalc = '#!/bin/sh\necho "$(($1 + $3))"\n';

const goodShell = '#!/bin/sh\necho "$(($1 $2 $3))"\n';

const testFinding = { kind: 'test' as const };

const chainTests = (name: string): string => `#include <assert.h>
int main(void) { assert(${name}); return 0; }
`;

export const shell: readonly Project[] = [
  {
    name: 'labelled',
    format: 'labelled',
    command: './run-tests.sh',
    needs: [],
    files: { 'run-tests.sh': script, 'calc.sh': shellCalc },
    fixed: { 'calc.sh': goodShell },
    moved: { 'run-tests.sh': script.replace('set -e\n', 'set -e\n\n\n\n') },
    finding: { ...testFinding, title: 'subtracts', file: 'run-tests.sh', line: 7 },
    movedLine: 10,
    passes: 'adds',
  },
  {
    name: 'make-assert',
    format: 'make',
    command: 'make test',
    needs: ['make', 'gcc'],
    files: { Makefile: makefile, 'subtract.c': cSource, 'test_subtract.c': cTests },
    fixed: { 'subtract.c': goodC },
    moved: { 'test_subtract.c': pad(cTests, '//') },
    finding: {
      kind: 'diagnostic',
      title: 'assertion failed: subtract(3, 1) == 2',
      file: 'test_subtract.c',
      line: 4,
    },
    movedLine: 7,
    passes: 'step:cc -o test_subtract test_subtract.c subtract.c',
  },
  {
    name: 'make-step',
    format: 'make',
    command: 'make test',
    needs: ['make'],
    files: { Makefile: 'test:\n\ttrue\n\t./calc.sh 3 - 1 | grep -qx 2\n', 'calc.sh': shellCalc },
    fixed: { 'calc.sh': goodShell },
    moved: { Makefile: '# more\n\ntest:\n\ttrue\n\t./calc.sh 3 - 1 | grep -qx 2\n' },
    finding: { kind: 'step', title: './calc.sh 3 - 1 | grep -qx 2', file: null, line: null },
    movedLine: null,
    passes: 'step:true',
  },
];

export const shellRecordings: readonly RecordedOnly[] = [
  {
    name: 'sequence',
    format: 'make',
    command: 'make test',
    files: {
      Makefile:
        'test: a b\n\t./a\n\t@echo "a is  fine"\n\t-false\n\t@./b\n\t./a again\n%: %.c\n\t$(CC) -o $@ $<\n',
      'a.c': chainTests('1 == 1'),
      'b.c': chainTests('1 == 2'),
    },
  },
  {
    name: 'nested',
    format: 'make',
    command: 'make',
    files: {
      Makefile: 'all:\n\ttrue\n\t$(MAKE) -C sub\n',
      'sub/Makefile': 'all:\n\tgcc -c a.c -o /dev/null\n',
      'sub/a.c': 'int f(void) { return x; }\n',
    },
  },
  {
    name: 'unittest-inside',
    format: 'make',
    command: 'make check',
    files: {
      Makefile: 'check:\n\tpython3 -m unittest -q\n\tfalse\n',
      'test_a.py':
        'import unittest\n\n\nclass A(unittest.TestCase):\n    def test_a(self):\n        pass\n\n    def test_b(self):\n        self.fail("no")\n',
    },
  },
  { name: 'no-rule', format: 'make', command: 'make test', files: { Makefile: 'test: missing.c\n\ttrue\n' } },
];
