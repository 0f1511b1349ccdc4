import { type Files, pad, type Project, type RecordedOnly } from './project.ts';

const pythonCalc = 'def add(a, b):\n    return a + b\n\n\ndef subtract(a, b):\n    return a + b\n';

const goodPython = pythonCalc.replace(/a \+ b\n$/, 'a - b\n');

const unittestTests = `import unittest
from calc import add, subtract


class Calc(unittest.TestCase):
    def test_adds(self):
        self.assertEqual(add(1, 1), 2)

    def test_subtracts(self):
        self.assertEqual(subtract(3, 1), 2)
`;

const pytestTests = `from calc import add, subtract


def test_adds():
    assert add(1, 1) == 2


def test_subtracts():
    assert subtract(3, 1) == 2
`;

const testFinding = { kind: 'test' as const };

const pythonTests = `import unittest


class Maths(unittest.TestCase):
    def test_adds(self):
        """Adding works."""
        self.assertEqual(1 + 1, 2)

    def test_divides(self):
        1 / 0

    @unittest.skip("later")
    def test_skipped(self):
        pass

    @unittest.expectedFailure
    def test_unexpected(self):
        pass

    def test_parts(self):
        for i in range(3):
            with self.subTest(i=i):
                self.assertNotEqual(i, 1)


class Broken(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        raise RuntimeError("no database")

    def test_never(self):
        pass


class Fine(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        pass

    def test_fine(self):
        pass
`;

const pythonFiles: Files = {
  'tests/__init__.py': '',
  'tests/test_maths.py': pythonTests,
  'tests/test_missing.py': 'import nothing_here\n',
  'tests/test_syntax.py': 'def x(:\n',
};

const brokenPytestTests = `import pytest


def test_ok():
    pass


@pytest.mark.skip(reason="later")
def test_skip():
    pass


@pytest.fixture
def db():
    raise RuntimeError("no db")


def test_fixture(db):
    pass


@pytest.mark.parametrize("a", ["x y", "b/c"])
def test_each(a):
    assert a == "x y", "x & <y>"


class TestClass:
    def test_method(self):
        assert False
`;

const pytestFiles: Files = {
  'conftest.py': '',
  'tests/test_p.py': brokenPytestTests,
  'tests/test_missing.py': 'import nothing_here\n',
};

const noCache = 'python3 -m pytest -q -p no:cacheprovider';

export const python: readonly Project[] = [
  {
    name: 'pytest',
    format: 'junit',
    command: 'python3 -m pytest -q -p no:cacheprovider',
    needs: ['pytest'],
    files: { 'calc.py': pythonCalc, 'tests/test_calc.py': pytestTests, 'conftest.py': '' },
    fixed: { 'calc.py': goodPython },
    moved: { 'tests/test_calc.py': pad(pytestTests, '# more') },
    finding: { ...testFinding, title: 'test_subtracts', file: 'tests/test_calc.py', line: 9 },
    movedLine: 12,
    passes: 'tests/test_calc.py: test_adds',
  },
  {
    name: 'unittest',
    format: 'unittest',
    command: 'python3 -m unittest discover',
    needs: ['python3'],
    files: { 'calc.py': pythonCalc, 'test_calc.py': unittestTests },
    fixed: { 'calc.py': goodPython },
    moved: { 'test_calc.py': pad(unittestTests, '# more') },
    finding: { ...testFinding, title: 'Calc.test_subtracts', file: 'test_calc.py', line: 10 },
    movedLine: 13,
    passes: 'test_calc.py: Calc.test_adds',
  },
  {
    name: 'unittest-text',
    format: 'unittest',
    command:
      "python3 -I -c \"import sys, unittest; sys.path.insert(0, '.'); unittest.main(None, argv=['x', 'discover', '-v'])\"",
    needs: ['python3'],
    files: { 'calc.py': pythonCalc, 'test_calc.py': unittestTests },
    fixed: { 'calc.py': goodPython },
    moved: { 'test_calc.py': pad(unittestTests, '# more') },
    finding: { ...testFinding, title: 'Calc.test_subtracts', file: 'test_calc.py', line: 10 },
    movedLine: 13,
    passes: 'test_calc.py: Calc.test_adds',
  },
];

export const pythonRecordings: readonly RecordedOnly[] = [
  { name: 'broken', format: 'unittest', command: 'python3 -m unittest discover', files: pythonFiles },
  {
    name: 'broken-text',
    format: 'unittest',
    command:
      "python3 -I -c \"import sys, unittest; sys.path.insert(0, '.'); unittest.main(None, argv=['x', 'discover', '-v'])\"",
    files: pythonFiles,
  },
  { name: 'pytest-broken', format: 'junit', command: noCache, files: pytestFiles },
  {
    name: 'pytest-first',
    format: 'junit',
    command: `${noCache} -x`,
    files: { 'test_p.py': brokenPytestTests },
  },
];
