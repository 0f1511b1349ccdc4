import { type Files, pad, type Project, type RecordedOnly } from './project.ts';

const goTests = `package calc

import "testing"

func TestAdd(t *testing.T) {
	if Add(1, 1) != 2 {
		t.Fatal("1 + 1")
	}
}

func TestSubtract(t *testing.T) {
	if got := Subtract(3, 1); got != 2 {
		t.Errorf("got %d, wanted 2", got)
	}
}
`;

const goSource = `package calc

func Add(a, b int) int { return a + b }

func Subtract(a, b int) int { return a + b }
`;

const rustSource = `pub fn add(a: i32, b: i32) -> i32 {
    a + b
}

pub fn subtract(a: i32, b: i32) -> i32 {
    a + b
}
`;

const goodRust = rustSource.replace(/a \+ b\n}\n$/, 'a - b\n}\n');

const rustTests = `#[test]
fn adds() {
    assert_eq!(calc::add(1, 1), 2);
}

#[test]
fn subtracts() {
    assert_eq!(calc::subtract(3, 1), 2);
}
`;

const testFinding = { kind: 'test' as const };

const goFiles: Files = {
  'go.mod': 'module example.com/calc\n\ngo 1.19\n',
  'fine/fine_test.go': `package fine

import "testing"

func TestTable(t *testing.T) {
	for _, name := range []string{"one case", "two"} {
		t.Run(name, func(t *testing.T) {
			if name == "two" {
				t.Error("two is bad")
			}
		})
	}
}

func TestLater(t *testing.T) { t.Skip("later") }
`,
  'broken/broken_test.go':
    'package broken\n\nimport "testing"\n\nfunc TestBroken(t *testing.T) { nothing() }\n',
  'dies/dies_test.go':
    'package dies\n\nimport "testing"\n\nfunc TestDies(t *testing.T) { panic("down") }\n\nfunc TestAfter(t *testing.T) {}\n',
  'leaves/leaves_test.go':
    'package leaves\n\nimport (\n\t"os"\n\t"testing"\n)\n\nfunc TestMain(m *testing.M) { os.Exit(3) }\n',
};

const cargoToml = '[package]\nname = "calc"\nversion = "0.1.0"\nedition = "2021"\n';

const cargoFiles: Files = {
  'Cargo.toml': cargoToml,
  'src/lib.rs': `/// \`\`\`
/// assert_eq!(calc::one(), 2);
/// \`\`\`
pub fn one() -> i32 {
    1
}

#[cfg(test)]
mod tests {
    #[test]
    #[ignore = "later"]
    fn later() {}

    #[test]
    #[should_panic]
    fn panics() {}
}
`,
  'tests/dies.rs': '#[test]\nfn dies() {\n    std::process::abort();\n}\n',
  'tests/fine.rs': '#[test]\nfn fine() {}\n',
};

export const compiled: readonly Project[] = [
  {
    name: 'go-test',
    format: 'go-test',
    command: 'go test ./...',
    needs: ['go'],
    files: {
      'go.mod': 'module example.com/calc\n\ngo 1.19\n',
      'inner/calc.go': goSource,
      'inner/calc_test.go': goTests,
    },
    fixed: { 'inner/calc.go': goSource.replace(/a \+ b }\n$/, 'a - b }\n') },
    moved: { 'inner/calc_test.go': pad(goTests, '// more') },
    finding: { ...testFinding, title: 'TestSubtract', file: 'inner/calc_test.go', line: 13 },
    movedLine: 16,
    passes: 'example.com/calc/inner: TestAdd',
  },
  {
    name: 'cargo-test',
    format: 'cargo-test',
    command: 'cargo test --offline',
    needs: ['cargo'],
    files: {
      'Cargo.toml': '[package]\nname = "calc"\nversion = "0.1.0"\nedition = "2021"\n',
      'src/lib.rs': rustSource,
      'tests/calc.rs': rustTests,
    },
    fixed: { 'src/lib.rs': goodRust },
    moved: { 'tests/calc.rs': pad(rustTests, '// more') },
    finding: { ...testFinding, title: 'subtracts', file: 'tests/calc.rs', line: 8 },
    movedLine: 11,
    passes: 'calc tests/calc.rs: adds',
  },
];

export const compiledRecordings: readonly RecordedOnly[] = [
  { name: 'go-broken', format: 'go-test', command: 'go test ./...', files: goFiles },
  { name: 'cargo-broken', format: 'cargo-test', command: 'cargo test --offline', files: cargoFiles },
  {
    name: 'cargo-syntax',
    format: 'cargo-test',
    command: 'cargo test --offline',
    files: {
      'Cargo.toml': cargoToml,
      'src/lib.rs': 'pub fn one() -> i32 {\n    "one"\n}\n\npub fn two() -> i32 {\n    missing\n}\n',
    },
  },
];
