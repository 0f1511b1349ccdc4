import type { FileChange } from '../change.ts';
import { isProse, type Rule, violation } from './rule.ts';
import { isTestFile } from './test-paths.ts';

const knowsItIsTested = [
  /\b(?:NODE_TEST_CONTEXT|PYTEST_\w+|JEST_WORKER_ID|VITEST(?:_\w+)?|MOCHA_\w+|AVA_PATH|TAP_\w*CHILD\w*|CARGO_MANIFEST_TEST)\b/,
  /\bAO_(?:TASK|SESSION|ATTEMPT|FINDINGS|ARTIFACTS|PROJECT|MARK|HOME)\w*/,
  /\bNODE_ENV\b.*['"]test['"]|['"]test['"].*\bNODE_ENV\b|\b(?:RAILS|RACK|APP|MIX|FLASK)_ENV\b.*['":]test\b/,
  /\bsys\.modules\b.*(?:pytest|unittest|doctest)|(?:pytest|unittest|doctest)['"]?\s+(?:not\s+)?in\s+sys\.modules/,
  /\b(?:process\.(?:argv|execArgv|mainModule)|sys\.argv|os\.Args)\b.*test/i,
  /\b(?:inspect\.(?:stack|currentframe)|sys\._getframe|traceback\.extract_stack|caller_locations|runtime\.Caller)\b.*test/i,
  /\bnew Error\(\)\.stack\b.*test|\brequire\.main\b.*test/i,
  /\btesting\.Testing\(\)|\bflag\.Lookup\(['"]test\.|\bcfg!\s*\(\s*test\s*\)|\bcfg\s*\(\s*not\s*\(\s*test\b/,
];
const endsEarly = [
  /\bprocess\.(?:exit|reallyExit)\s*\(\s*(?:0|['"]0['"])?\s*\)|\bprocess\.exitCode\s*=\s*(?:0|undefined|null)\b|\bDeno\.exit\(\s*0?\s*\)/,
  /\bos\._exit\b|\bsys\.exit\s*\(\s*(?:0|None)?\s*\)|\braise\s+SystemExit\s*(?:\(\s*(?:0|None)?\s*\))?\s*$|\bos\.(?:kill|abort)\(\s*os\.getpid/,
  /\bos\.Exit\(\s*0\s*\)|\bprocess::exit\(\s*0\s*\)|\bSystem\.exit\(\s*0\s*\)|\bRuntime\.getRuntime\(\)\.halt\(|\bEnvironment\.Exit\(\s*0\s*\)/,
  /(?<![\w.>:])_?_?[eE]xit\s*\(\s*(?:0|EXIT_SUCCESS)\s*\)|\bquick_exit\s*\(\s*0|\bexit!\s*\(?\s*(?:0|true)/,
  /\bprocess\.(?:on|once|addListener|prependListener)\s*\(\s*['"](?:exit|beforeExit)['"]|\bprocess\.kill\(\s*process\.pid/,
];
const replacesTools = [
  /\b(?:node:)?assert(?:\/strict)?['"]\s*\)?\s*\)?\s*\.\w+\s*=(?!=)|(?<![\w.'"])assert(?:\.strict)?\.\w+\s*=(?![=>])|(?:defineProperty|assign)\(\s*(?:assert|expect)\b/,
  /\b(?:globalThis|global|window|self)\.(?:expect|assert|it|test|describe)\s*=(?!=)/,
  /\b(?:unittest\.)?TestCase\.\w+\s*=(?!=)|\bsetattr\(\s*(?:unittest|pytest|builtins|TestCase)\b|\b(?:pytest|unittest|_pytest)(?:\.\w+)+\s*=(?!=)/,
  /\bbuiltins\.(?:assert|AssertionError|isinstance|len|all|any|print|__import__|exit)\s*=(?!=)|\bsys\.modules\[\s*['"](?:pytest|_pytest|unittest|assert)/,
  /\bpytest_(?:runtest|collection|sessionfinish|pyfunc|report|exception|assertrepr)\w*\s*\(|\bsys\.(?:settrace|excepthook)\s*[=(]/,
  /\bNODE_OPTIONS\b\s*[\]'"]*\s*=(?!=)|\bPYTEST_ADDOPTS\b/,
  /^\s*#\s*(?:define|undef)\s+(?:assert|NDEBUG|static_assert)\b/,
];
const equalsAnything = /\bdef\s+__(?:eq|ne)__\s*\([^)]*\)[^:]*:\s*return\s+True\b/;

/** Code that behaves otherwise when it is tested, ends the process as if all were well, or replaces what tests it. */
export const testDetection: Rule = {
  name: 'test-detection',
  check({ files }) {
    const moved = new Set(files.flatMap(({ removed }) => removed.map((line) => line.trim())));
    const code = files.filter(({ path }) => !isProse(path));
    const sources = code.filter(({ path }) => !isTestFile(path));
    const having = (among: readonly FileChange[], patterns: readonly RegExp[]) =>
      among
        .filter(({ added }) =>
          news(added, moved).some((line) => patterns.some((pattern) => pattern.test(line))),
        )
        .map(({ path }) => path);
    const equal = sources
      .filter(({ added }) => equalsAnything.test(added.join('\n')))
      .map(({ path }) => path);
    return [
      ...violation('Code may not behave differently when it is tested.', having(sources, knowsItIsTested)),
      ...violation('Code may not end the process as if all were well.', having(sources, endsEarly)),
      ...violation('Tools of tests may not be replaced or switched off.', [
        ...having(code, replacesTools),
        ...equal,
      ]),
    ];
  },
};

/** Lines that did not stand elsewhere before, comments aside. */
function news(added: readonly string[], moved: ReadonlySet<string>): string[] {
  return added.filter(
    (line) => !moved.has(line.trim()) && !/^\s*(?:\/\/|#\s(?!\s*(?:define|undef))|\*\s|--\s)/.test(line),
  );
}
