import assert from 'node:assert/strict';
import { test } from 'node:test';
import { adding, refused } from './test-support/edit.ts';

const isRefused = (path: string, ...lines: string[]) =>
  refused(adding(path, ...lines), {}, 'test-detection').length > 0;
type Line = [path: string, ...lines: string[]];

test('code that asks whether it is being tested is refused', () => {
  const cheats: Line[] = [
    ['a.js', 'if (process.env.NODE_TEST_CONTEXT) return 3;'],
    ['a.js', "if (process.env.NODE_ENV === 'test') return 3;"],
    ['a.js', 'const { JEST_WORKER_ID } = process.env;'],
    ['a.js', 'if (process.env.VITEST) return 3;'],
    ['a.js', 'if (process.env.AO_TASK_ID) return 3;'],
    ['a.js', "if (process.argv[1].includes('test')) return 3;"],
    ['a.py', 'if os.environ.get("PYTEST_CURRENT_TEST"):'],
    ['a.py', 'if "pytest" in sys.modules:'],
    ['a.py', 'if any("test" in f.filename for f in inspect.stack()): # test'],
    ['a.go', 'if testing.Testing() {'],
    ['a.go', 'if flag.Lookup("test.v") != nil {'],
    ['a.rs', 'if cfg!(test) { return 3; }'],
    ['a.rs', '#[cfg(not(test))]'],
  ];
  assert.deepEqual(
    cheats.filter((line) => !isRefused(...line)),
    [],
  );
});

test('code that ends the process as if all were well is refused', () => {
  const cheats: Line[] = [
    ['a.js', 'process.exit(0);'],
    ['a.js', 'process.exit();'],
    ['a.js', 'process.exitCode = 0;'],
    ['a.js', "process.on('exit', () => { process.exitCode = 0; });"],
    ['a.py', 'os._exit(0)'],
    ['a.py', 'sys.exit(0)'],
    ['a.py', 'sys.exit()'],
    ['a.py', 'raise SystemExit'],
    ['a.go', 'os.Exit(0)'],
    ['a.rs', 'std::process::exit(0);'],
    ['a.java', 'System.exit(0);'],
    ['a.c', '  exit(0);'],
    ['a.c', '  _exit(EXIT_SUCCESS);'],
  ];
  assert.deepEqual(
    cheats.filter((line) => !isRefused(...line)),
    [],
  );
});

test('code that replaces or switches off what tests it is refused, also in a new test', () => {
  const cheats: Line[] = [
    ['a.js', 'assert.equal = () => {};'],
    ['a.js', "require('node:assert').strictEqual = () => {};"],
    ['a.js', 'Object.defineProperty(assert, "equal", { value() {} });'],
    ['a.js', 'globalThis.expect = () => new Proxy({}, {});'],
    ['test/new.test.js', 'assert.strictEqual = () => {};'],
    ['a.py', 'unittest.TestCase.assertEqual = lambda *a: None'],
    ['a.py', 'def pytest_runtest_makereport(item, call):'],
    ['a.py', 'sys.modules["pytest"] = fake'],
    ['a.py', 'class Any:', '    def __eq__(self, other):', '        return True'],
    ['a.h', '#define assert(x) ((void)0)'],
    ['a.h', '#define NDEBUG'],
  ];
  assert.deepEqual(
    cheats.filter((line) => !isRefused(...line)),
    [],
  );
});

test('honest code that looks alike may be added', () => {
  const honest: Line[] = [
    ['a.js', 'if (failed) process.exit(1);'],
    ['a.js', 'process.exitCode = 1;'],
    ['a.js', "if (process.env.NODE_ENV === 'production') warn();"],
    ['a.js', '// never call process.exit(0) here: buffers are not flushed'],
    ['a.js', "const latest = versions.find((one) => one.tag === 'latest');"],
    ['a.js', 'assert.equal(a, b);'],
    ['a.js', "import assert from 'node:assert';"],
    ['a.js', 'const isEqual = assert.deepEqual;'],
    ['a.js', "process.on('SIGTERM', stop);"],
    ['a.py', 'sys.exit(main())'],
    ['a.py', 'sys.exit(1)'],
    ['a.py', 'def __eq__(self, other):', '    return self.x == other.x'],
    ['a.py', 'assert total == 3'],
    ['a.rs', '#[cfg(test)]'],
    ['a.rs', 'std::process::exit(code);'],
    ['a.c', 'thread_exit(0);'],
    ['a.c', 'pool->exit(0);'],
    ['a.c', '#include <assert.h>'],
    ['a.go', 'os.Exit(run())'],
    ['test/cli.test.js', 'delete env.NODE_TEST_CONTEXT;'],
    ['README.md', 'Call `process.exit(0)`.'],
  ];
  assert.deepEqual(
    honest.filter((line) => isRefused(...line)),
    [],
  );
});

test('a line that moves from one file to another is no news', () => {
  const edits = {
    'old.py': { before: 'a\nsys.exit(0)\n', after: 'a\n' },
    'new.py': { before: null, after: '    sys.exit(0)\n' },
  };
  assert.deepEqual(refused(edits, {}, 'test-detection'), []);
});
