import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import type { CheckResult, TreeResult } from './check-result.ts';
import { describeProblem, type Problem } from './evidence.ts';
import { diagnosticId, type Finding, unitId, wholeCheckId } from './finding.ts';
import { excess, isRegression } from './excess.ts';
import { judge, passesNow, verdictStatus } from './verdict.ts';

const FILE = 'test/a.test.js';

function failing(name: string, place: { file?: string; line?: number; check?: string } = {}): Finding {
  const { file = FILE, line = 1, check = 'test' } = place;
  return {
    id: unitId(check, file, name),
    check,
    kind: 'test',
    file,
    line,
    title: name,
    message: `${name} failed`,
  };
}

function lint(rule: string, place: { file?: string; line?: number; check?: string } = {}): Finding {
  const { file = 'src/a.js', line = 1, check = 'lint' } = place;
  const id = diagnosticId(check, file, rule, 'not so');
  return { id, check, kind: 'diagnostic', file, line, title: `${rule}: not so`, message: 'not so' };
}

function whole(check: string): Finding {
  return {
    id: wholeCheckId(check),
    check,
    kind: 'check',
    file: null,
    line: null,
    title: check,
    message: 'no',
  };
}

function result(check: string, parts: Partial<CheckResult> = {}): CheckResult {
  const failed = (parts.findings ?? []).length > 0;
  return {
    check,
    outcome: failed ? 'failed' : 'passed',
    exitCode: failed ? 1 : 0,
    findings: [],
    flaky: [],
    passed: [],
    skipped: [],
    files: null,
    complete: true,
    names: {},
    output: 'out\nlast line',
    durationMs: 1,
    ...parts,
  };
}

const ids = (...names: string[]) => names.map((name) => unitId('test', FILE, name));
const tests = (parts: Partial<CheckResult>) => result('test', parts);
const tree = (...checks: CheckResult[]): TreeResult => ({ tree: 't', checks });
const allFiles = new Set([FILE, 'src/a.js', 'src/b.js', 'main.c', 'test.c', 'other.c']);

interface Case {
  base: CheckResult | TreeResult;
  after: CheckResult | TreeResult;
  targets?: Finding[];
  flaky?: Finding[];
  files?: ReadonlySet<string>;
}

function problems({ base, after, targets = [], flaky = [], files = allFiles }: Case): Problem[] {
  return judge({
    base: 'tree' in base ? base : tree(base),
    after: 'tree' in after ? after : tree(after),
    targets,
    flaky: new Set(flaky.map(({ id }) => id)),
    files,
  });
}

function told(spec: Case): string[] {
  return problems(spec).map(describeProblem);
}

describe('a target', () => {
  const base = tests({ findings: [failing('adds')], passed: ids('subtracts') });

  test('that is a test passes when it is seen to pass', () => {
    const after = tests({ passed: ids('adds', 'subtracts') });
    assert.deepEqual(told({ base, after, targets: [failing('adds')] }), []);
  });

  test('that still fails is shown as it fails now', () => {
    const now = failing('adds', { line: 9 });
    const after = tests({ findings: [now], passed: ids('subtracts') });
    assert.deepEqual(problems({ base, after, targets: [failing('adds')] }), [
      { code: 'still_failing', finding: now },
    ]);
  });

  test('that is absent is not passed', () => {
    const after = tests({ passed: ids('subtracts') });
    assert.deepEqual(told({ base, after, targets: [failing('adds')] }), ['not seen to pass: adds']);
  });

  test('that is skipped is not passed', () => {
    const after = tests({ passed: ids('subtracts'), skipped: ids('adds') });
    assert.deepEqual(told({ base, after, targets: [failing('adds')] }), ['not seen to pass: adds']);
  });

  test('that passes in one of two runs only is not seen to pass, although it is flaky now', () => {
    const after = tests({ passed: ids('subtracts'), flaky: [failing('adds')] });
    const targets = [failing('adds')];
    assert.deepEqual(told({ base, after, targets, flaky: targets }), ['not seen to pass: adds']);
  });

  test('that was known to come and go before is not asked for', () => {
    const after = tests({ findings: [failing('adds')], passed: ids('subtracts', 'divides') });
    assert.deepEqual(told({ base, after, targets: [failing('adds')], flaky: [failing('adds')] }), []);
  });

  test('of a check that was not run is not verifiable', () => {
    const found = problems({ base, after: tree(), targets: [failing('adds')] });
    assert.equal(verdictStatus(found), 'not_verifiable');
  });
});

describe('a diagnostic', () => {
  const base = result('lint', { findings: [lint('semi'), lint('semi', { line: 5 }), lint('quotes')] });

  test('is gone when the check came to its end and is silent about it', () => {
    const after = result('lint', { findings: [lint('semi'), lint('semi')] });
    assert.deepEqual(told({ base, after, targets: [lint('quotes')] }), []);
  });

  test('that comes and goes now is not gone', () => {
    const after = result('lint', { findings: [lint('semi'), lint('semi')], flaky: [lint('quotes')] });
    assert.deepEqual(told({ base, after, targets: [lint('quotes')] }), ['not seen to pass: quotes: not so']);
  });

  test('that is reported twice has to go as often as it is asked for', () => {
    const after = result('lint', { findings: [lint('semi'), lint('quotes')] });
    assert.deepEqual(told({ base, after, targets: [lint('semi')] }), []);
    const both = [lint('semi'), lint('semi', { line: 5 })];
    assert.deepEqual(told({ base, after, targets: both }), ['still failing: semi: not so']);
  });

  test('is not gone because its file is', () => {
    const after = result('lint', { findings: [lint('semi'), lint('semi')] });
    const files = new Set(['src/b.js']);
    assert.deepEqual(told({ base, after, files, targets: [lint('quotes')] }), [
      'not seen to pass: quotes: not so',
    ]);
  });

  test('is not gone because the linter does not look at its file any more', () => {
    const found = { findings: [lint('semi'), lint('semi')] };
    const before = { ...base, files: ['src/a.js', 'src/b.js'] };
    const ignoring = result('lint', { ...found, files: ['src/b.js'] });
    const looking = result('lint', { ...found, files: ['src/a.js', 'src/b.js'] });
    const targets = [lint('quotes')];
    assert.deepEqual(told({ base: before, after: ignoring, targets }), ['not seen to pass: quotes: not so']);
    assert.deepEqual(told({ base: before, after: looking, targets }), []);
  });

  test('is not gone when the check stopped before its end', () => {
    const after = result('lint', { findings: [lint('semi')], complete: false });
    assert.deepEqual(told({ base, after, targets: [lint('quotes')] }), ['not seen to pass: quotes: not so']);
  });

  test('that is new is a regression where the base would have shown it', () => {
    const after = result('lint', { findings: [...base.findings, lint('eqeqeq', { file: 'src/b.js' })] });
    assert.deepEqual(told({ base, after }), ['breaks what passed before: eqeqeq: not so']);
  });

  test('that a third time is reported is a regression, although its id is known', () => {
    const after = result('lint', { findings: [...base.findings, lint('semi', { line: 8 })] });
    assert.deepEqual(told({ base, after }), ['breaks what passed before: semi: not so']);
  });

  test('behind a syntax error that is gone now is no fault of the change', () => {
    const parsing = { ...lint('x'), id: 'p', title: 'Parsing error: Unexpected token' };
    const before = result('lint', { findings: [parsing] });
    const same = result('lint', { findings: [lint('semi')] });
    assert.deepEqual(told({ base: before, after: same, targets: [parsing] }), []);
    const elsewhere = result('lint', { findings: [lint('semi', { file: 'src/b.js' })] });
    assert.equal(problems({ base: before, after: elsewhere, targets: [parsing] })[0]?.code, 'regression');
    const still = result('lint', { findings: [parsing, lint('semi')] });
    assert.equal(problems({ base: before, after: still })[0]?.code, 'regression');
  });

  test('of types in any file may stand behind a syntax error for tsc', () => {
    const syntax = { ...lint('x', { check: 'types' }), id: 'p', title: "TS1005: ';' expected." };
    const typeError = lint('TS2345', { check: 'types', file: 'src/b.js' });
    const before = result('types', { findings: [syntax] });
    const after = result('types', { findings: [typeError] });
    assert.deepEqual(told({ base: before, after, targets: [syntax] }), []);
    assert.deepEqual(unmasked(tree(before), tree(after)), [typeError]);
  });
});

/** Findings that the base could not see. */
function unmasked(base: TreeResult, { checks }: TreeResult): Finding[] {
  return checks.flatMap((after) => {
    const before = base.checks.find(({ check }) => check === after.check);
    assert.ok(before);
    const comparison = { base: before, after, flaky: new Set(before.flaky.map(({ id }) => id)) };
    return excess(comparison).filter((finding) => !isRegression(finding, comparison));
  });
}

describe('what passed at the base', () => {
  const base = tests({
    findings: [failing('adds')],
    passed: ids('subtracts', 'divides'),
    skipped: ids('later'),
  });
  const fixed = ids('adds', 'subtracts', 'divides');

  test('and fails now is a regression', () => {
    const after = tests({ findings: [failing('divides')], passed: ids('adds', 'subtracts') });
    assert.deepEqual(told({ base, after, targets: [failing('adds')] }), [
      'breaks what passed before: divides',
    ]);
  });

  test('and fails now is a regression also when the base did not come to its end', () => {
    const after = tests({ findings: [failing('divides')], passed: ids('adds', 'subtracts') });
    assert.equal(problems({ base: { ...base, complete: false }, after })[0]?.code, 'regression');
  });

  test('and is not run any more is lost, and called by its name', () => {
    const named = { ...base, names: { [ids('divides')[0] ?? '']: 'a.test.js: divides' } };
    const after = tests({ passed: ids('adds', 'subtracts') });
    assert.deepEqual(problems({ base: named, after, targets: [failing('adds')] }), [
      { code: 'lost_tests', check: 'test', names: ['a.test.js: divides'] },
    ]);
  });

  test('and is skipped now is lost', () => {
    const after = tests({ passed: ids('adds', 'subtracts'), skipped: ids('divides') });
    assert.deepEqual(
      problems({ base, after }).map(({ code }) => code),
      ['lost_tests'],
    );
  });

  test('and comes and goes now is neither lost nor a regression', () => {
    const after = tests({ passed: ids('adds', 'subtracts'), flaky: [failing('divides')] });
    assert.deepEqual(told({ base, after }), []);
  });

  test('and is known to come and go is no regression when it fails', () => {
    const after = tests({ findings: [failing('divides')], passed: ids('adds', 'subtracts') });
    assert.deepEqual(told({ base, after, flaky: [failing('divides')] }), []);
  });

  test('is not lost because a skipped test of the base was removed', () => {
    assert.deepEqual(told({ base, after: tests({ passed: fixed }), targets: [failing('adds')] }), []);
  });

  test('a failing test of the base that nobody asked for is lost when it is not run any more', () => {
    const two = tests({ findings: [failing('adds'), failing('hangs')], passed: [] });
    const after = tests({ passed: ids('adds') });
    assert.deepEqual(told({ base: two, after, targets: [failing('adds')] }), [
      'no longer runs in test: hangs',
    ]);
  });
});

describe('a failing test that is new', () => {
  test('is the fault of the change that added it', () => {
    const base = tests({ passed: ids('adds') });
    const after = tests({ findings: [failing('brand new')], passed: ids('adds') });
    assert.deepEqual(told({ base, after }), ['breaks what passed before: brand new']);
  });

  test('is no fault where its file could not be loaded at the base', () => {
    const unloaded = failing(FILE);
    const base = tests({ findings: [unloaded] });
    const after = tests({ findings: [failing('adds')], passed: ids(FILE) });
    assert.deepEqual(told({ base, after, targets: [unloaded] }), []);
    const elsewhere = failing('adds', { file: 'test/b.test.js' });
    const wrong = tests({ findings: [elsewhere], passed: ids(FILE) });
    assert.deepEqual(told({ base, after: wrong, targets: [unloaded] }), ['breaks what passed before: adds']);
  });

  test('is no fault where the hook of its suite failed at the base', () => {
    const base = tests({ findings: [failing('sums')] });
    const inside = tests({ findings: [failing('sums > adds')], passed: ids('sums') });
    assert.deepEqual(told({ base, after: inside, targets: [failing('sums')] }), []);
    const beside = tests({ findings: [failing('sums up')], passed: ids('sums') });
    assert.deepEqual(
      told({ base, after: { ...beside, findings: [failing('sumset')] }, targets: [failing('sums')] }),
      ['breaks what passed before: sumset'],
    );
  });

  test('is no fault where the base stopped before its end', () => {
    const base = tests({ findings: [failing('adds')], complete: false });
    const after = tests({ findings: [failing('divides')], passed: ids('adds') });
    assert.deepEqual(told({ base, after, targets: [failing('adds')] }), []);
  });
});

describe('a check as a whole', () => {
  const target = whole('test');

  test('passes when it is seen to pass', () => {
    const base = tests({ findings: [target] });
    assert.deepEqual(told({ base, after: tests({ passed: [target.id] }), targets: [target] }), []);
    assert.deepEqual(told({ base, after: tests({ findings: [target] }), targets: [target] }), [
      'still failing: test',
    ]);
  });

  test('passes when it now says which tests pass and which fail', () => {
    const base = tests({ findings: [target] });
    const after = tests({ findings: [failing('adds')], passed: ids('divides') });
    assert.deepEqual(told({ base, after, targets: [target] }), []);
    const nothingPasses = tests({ findings: [failing('adds')] });
    assert.deepEqual(told({ base, after: nothingPasses, targets: [target] }), ['not seen to pass: test']);
  });

  test('that failed with findings and now only fails cannot be judged', () => {
    const base = result('lint', { findings: [lint('semi')] });
    const after = result('lint', { findings: [whole('lint')] });
    assert.equal(verdictStatus(problems({ base, after })), 'not_verifiable');
    assert.equal(verdictStatus(problems({ base, after, targets: [lint('semi')] })), 'failed');
  });

  test('that passed and now fails is a regression', () => {
    const base = result('lint', { passed: [wholeCheckId('lint')] });
    const after = result('lint', { findings: [whole('lint')] });
    assert.deepEqual(told({ base, after }), ['breaks what passed before: lint']);
  });

  test('that cannot be run any more is not verifiable, whatever its targets', () => {
    const base = tests({ findings: [failing('adds')], passed: ids('divides') });
    const after = tests({ outcome: 'broken' });
    const found = problems({ base, after, targets: [failing('adds')] });
    assert.deepEqual(found, [{ code: 'check_broken', check: 'test', message: 'last line' }]);
    assert.equal(verdictStatus(found), 'not_verifiable');
  });

  test('that runs into its timeout is a regression, unless it did so at the base', () => {
    const base = tests({ passed: ids('divides') });
    const late = tests({ outcome: 'timed_out', complete: false });
    assert.deepEqual(told({ base, after: late }), ['breaks what passed before: test did not end in time']);
    const reported = { ...late, findings: [target] };
    assert.deepEqual(told({ base, after: reported }), ['breaks what passed before: test']);
    assert.deepEqual(told({ base: reported, after: reported }), []);
  });

  test('that fails without a word after it passed cannot be judged', () => {
    const found = problems({ base: tests({}), after: tests({ outcome: 'failed' }) });
    assert.equal(verdictStatus(found), 'not_verifiable');
  });
});

describe('a check that stops at its first failure', () => {
  const [compile, run, last] = ['compile', 'run', 'last'].map((name) => unitId('make', null, `step:${name}`));
  const steps = (...passed: (string | undefined)[]) => passed.flatMap((id) => id ?? []);
  function assertion(line: number, place: { file?: string; step?: string | undefined } = {}): Finding {
    const { file = 'test.c', step = run } = place;
    const finding = lint(`assertion ${file} ${line}`, { check: 'make', file, line });
    return { ...finding, ...(step === undefined ? {} : { step }) };
  }
  function make(parts: Partial<CheckResult>): CheckResult {
    return result('make', { complete: (parts.findings ?? []).length === 0, ...parts });
  }
  const target = assertion(20);
  const base = make({ findings: [target], passed: steps(compile) });
  const judged = (after: CheckResult) => problems({ base, after, targets: [target] });
  const codes = (after: CheckResult) => judged(after).map(({ code }) => code);

  test('is fixed when the failing step is seen to pass', () => {
    assert.deepEqual(judged(make({ passed: steps(compile, run, last) })), []);
  });

  test('may fail at a later step, which nobody could see before', () => {
    const behind = assertion(3, { file: 'other.c', step: last });
    const after = make({ findings: [behind], passed: steps(compile, run) });
    assert.deepEqual(judged(after), []);
    assert.deepEqual(unmasked(tree(base), tree(after)), [behind]);
  });

  test('may fail at a later line of the same step, or in another file', () => {
    assert.deepEqual(judged(make({ findings: [assertion(30)], passed: steps(compile) })), []);
    const elsewhere = assertion(2, { file: 'other.c' });
    assert.deepEqual(judged(make({ findings: [elsewhere], passed: steps(compile) })), []);
  });

  test('may not fail at an earlier line of the same step', () => {
    assert.deepEqual(codes(make({ findings: [assertion(10)], passed: steps(compile) })), ['regression']);
  });

  test('still fails when another message comes from the same line', () => {
    const reworded = { ...assertion(20), id: 'other', title: 'assertion x == 4' };
    assert.deepEqual(codes(make({ findings: [reworded], passed: steps(compile) })), ['still_failing']);
  });

  test('may not fail at a step that passed at the base', () => {
    const syntax = assertion(5, { file: 'main.c', step: compile });
    const found = judged(make({ findings: [syntax] }));
    assert.deepEqual(found.map(({ code }) => code).toSorted(), ['lost_tests', 'not_seen', 'regression']);
  });

  test('may not leave out a step that passed at the base', () => {
    assert.deepEqual(codes(make({ passed: steps(run, last) })), ['lost_tests']);
  });

  test('is not fixed when nothing is known of where its step fails now', () => {
    const step: Finding = { ...whole('make'), id: run ?? '', kind: 'step', title: './run' };
    assert.deepEqual(codes(make({ findings: [step], passed: steps(compile) })), ['not_seen']);
  });

  test('that stops before the failing step of somebody else is not better for it', () => {
    const changed = assertion(10);
    const found = problems({ base, after: make({ findings: [changed], passed: steps(compile) }) });
    assert.deepEqual(found, [{ code: 'regression', finding: changed }]);
  });

  test('is judged by the other messages of a compiler that reported several at once', () => {
    const both = make({ findings: [assertion(10), assertion(20)] });
    const after = make({ findings: [assertion(10)] });
    assert.deepEqual(problems({ base: both, after, targets: [assertion(20)] }), []);
  });
});

describe('passesNow', () => {
  test('sees a test pass by its id, and nothing that is absent, failing or unsteady', () => {
    const adds = failing('adds');
    const now = (parts: Partial<CheckResult>) => passesNow(adds, tree(tests(parts)), allFiles);
    assert.equal(now({ passed: ids('adds') }), true);
    assert.equal(now({ passed: ids('divides') }), false);
    assert.equal(now({ findings: [adds], passed: ids('adds') }), false);
    assert.equal(now({ flaky: [adds] }), false);
    assert.equal(passesNow(adds, tree(), allFiles), false);
  });

  test('sees a message gone only where the check looked at its file to the end', () => {
    const semi = lint('semi');
    assert.equal(passesNow(semi, tree(result('lint')), allFiles), true);
    assert.equal(passesNow(semi, tree(result('lint', { complete: false })), allFiles), false);
    assert.equal(passesNow(semi, tree(result('lint', { outcome: 'broken' })), allFiles), false);
    assert.equal(passesNow(semi, tree(result('lint', { findings: [whole('lint')] })), allFiles), false);
    assert.equal(passesNow(semi, tree(result('lint')), new Set()), false);
  });
});

test('a verdict is failed as soon as anything was seen that must not be', () => {
  const broken: Problem = { code: 'check_broken', check: 'test', message: '' };
  assert.equal(verdictStatus([]), 'passed');
  assert.equal(verdictStatus([broken, { code: 'setup_failed', message: '' }]), 'not_verifiable');
  assert.equal(verdictStatus([broken, { code: 'not_seen', finding: whole('test') }]), 'failed');
});

// Properties on arbitrary pairs of trees.

const names = ['a', 'b', 'c', 'd', 'e', 'f'];
const fates = fc.array(fc.constantFrom('passed', 'failed', 'skipped', 'absent'), {
  minLength: 6,
  maxLength: 6,
});
const messages = fc.array(fc.constantFrom('r1', 'r2', 'r3'), { maxLength: 5 });
const trees = fc.record({ fates, messages, complete: fc.boolean(), looks: fc.boolean() }).map((parts) => {
  const having = (fate: string) => names.filter((_, i) => parts.fates[i] === fate);
  const checks = [
    tests({
      findings: having('failed').map((name) => failing(name)),
      passed: ids(...having('passed')),
      skipped: ids(...having('skipped')),
      complete: parts.complete,
    }),
    result('lint', {
      findings: parts.messages.map((rule) => lint(rule)),
      files: parts.looks ? ['src/a.js'] : null,
    }),
  ];
  return tree(...checks);
});
const findingsIn = (one: TreeResult) => one.checks.flatMap((check) => check.findings);

test('a tree judged against itself without targets passes', () => {
  fc.assert(fc.property(trees, (one) => assert.deepEqual(problems({ base: one, after: one }), [])));
});

test('whatever fails that was seen to pass is held against the change', () => {
  fc.assert(
    fc.property(trees, fc.nat(5), (base, pick) => {
      const [check, other] = base.checks;
      const passed = names.filter((name) => check?.passed.includes(ids(name)[0] ?? ''));
      const name = passed[pick % Math.max(1, passed.length)];
      fc.pre(check !== undefined && other !== undefined && name !== undefined);
      const after = { ...check, outcome: 'failed' as const, findings: [...check.findings, failing(name)] };
      assert.notDeepEqual(problems({ base, after: tree(after, other) }), []);
    }),
  );
});

test('whatever passed and is not run any more is held against the change', () => {
  fc.assert(
    fc.property(trees, fc.nat(5), (base, pick) => {
      const [check, other] = base.checks;
      const gone = check?.passed[pick % Math.max(1, check.passed.length)];
      fc.pre(check !== undefined && other !== undefined && gone !== undefined);
      const after = { ...check, passed: check.passed.filter((id) => id !== gone) };
      assert.notDeepEqual(problems({ base, after: tree(after, other) }), []);
    }),
  );
});

test('what passes its verdict has strictly less failing than its base, unmasked findings aside', () => {
  let passed = 0;
  const less = fc.tuple(trees, trees, fc.nat(10)).map(([base, other, pick]) => {
    // Half of the pairs are made likely to pass: the base with one finding mended.
    if (pick % 2 === 0) return { base, after: other };
    return { base, after: mend(base, pick) };
  });
  fc.assert(
    fc.property(less, fc.nat(10), ({ base, after }, pick) => {
      const findings = findingsIn(base);
      const target = findings[pick % Math.max(1, findings.length)];
      fc.pre(target !== undefined);
      if (problems({ base, after, targets: [target] }).length > 0) return;
      passed++;
      const unseen = unmasked(base, after).map(({ id }) => id);
      const left = findings.map(({ id }) => id);
      for (const { id } of findingsIn(after)) {
        if (unseen.includes(id)) continue;
        assert.ok(left.includes(id), 'something fails that the base lacks');
        left.splice(left.indexOf(id), 1);
      }
      assert.ok(left.length > 0, 'as much fails as before');
    }),
    { numRuns: 1000 },
  );
  assert.ok(passed > 20, `only ${passed} of the pairs passed: the property says nothing`);
});

function mend(base: TreeResult, pick: number): TreeResult {
  const findings = findingsIn(base);
  const mended = findings[pick % Math.max(1, findings.length)];
  return tree(
    ...base.checks.map((check) => {
      const at = mended === undefined ? -1 : check.findings.indexOf(mended);
      if (at === -1) return check;
      const passed = mended?.kind === 'test' ? [...check.passed, mended.id] : check.passed;
      return { ...check, findings: check.findings.toSpliced(at, 1), passed };
    }),
  );
}
