/** What a file of tests asks: its assertions and its tests, read well enough to tell whether one went missing. */

const assertion =
  /(?<![\w.#'"])(?:assert\w*[!]?(?:\.\w+)*|expect(?:\.\w+)*|chai(?:\.\w+)+|self\.(?:assert|fail)\w*|(?:t|b|tb)\.(?:is\w*|not\w*|deep\w*|like|regex|true|truthy|false|falsy|throws\w*|equal\w*|same\w*|match\w*|ok|plan|(?:Error|Fatal|Fail)\w*)|require\.\w+|(?:ASSERT|EXPECT|REQUIRE|CHECK)\w*|(?:Assert|Assertions|XCTAssert)\w*(?:\.\w+)*|pytest\.raises|XCTFail|fail|ck_assert\w*|TEST_ASSERT\w*)\s*\(|^[ \t]*assert[ \t]+(?=\S)|\.should\b|\bshould\s*\(/gm;
const LONGEST_STATEMENT = 5000;

export interface Assertion {
  /** The statement without what does not change its meaning. */
  text: string;
  /** It asks for strict equality. */
  strict: boolean;
}

/** What is commented out asks nothing. Strings are kept; a block of text that stands alone is a comment in Python. */
export function withoutComments(source: string, path: string): string {
  const hash = /\.(?:py|rb|sh|bash|bats|pl|t|r|exs?|jl|nim)$/i.test(path);
  const comments = hash ? hashComments : slashComments;
  return source.replace(comments, (match, kept: string | undefined) => (kept === undefined ? ' ' : match));
}

// The first group is what is kept: strings, so that what looks like a comment inside them is none.
const slashComments =
  /("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\[\s\S]|[^`\\])*`)|\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/g;
const hashComments =
  /(?<=^[ \t]*)(?:"""[\s\S]*?(?:"""|$(?![\s\S]))|'''[\s\S]*?(?:'''|$(?![\s\S])))|("""[\s\S]*?"""|'''[\s\S]*?'''|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')|#[^\n]*/gm;

export function assertionsOf(source: string): Assertion[] {
  const found: Assertion[] = [];
  let end = 0;
  for (const match of source.matchAll(assertion)) {
    if (match.index < end) continue; // inside the statement before
    end = endOfStatement(source, match.index);
    found.push(normalised(source.slice(match.index, end)));
  }
  return found;
}

/** Where brackets and strings are closed and the line, or the chain of calls, is over. */
function endOfStatement(source: string, start: number): number {
  let depth = 0;
  let quote = '';
  const limit = Math.min(source.length, start + LONGEST_STATEMENT);
  for (let i = start; i < limit; i++) {
    const char = source[i] ?? '';
    if (quote !== '') {
      if (char === '\\') i++;
      else if (char === quote || (char === '\n' && quote !== '`')) quote = '';
    } else if (char === '"' || char === "'" || char === '`') {
      quote = char;
    } else if ('([{'.includes(char)) {
      depth++;
    } else if (')]}'.includes(char)) {
      depth--;
      if (depth < 0) return i;
    } else if (depth === 0 && (char === ';' || (char === '\n' && !/^\s*\./.test(source.slice(i, i + 200))))) {
      return i;
    }
  }
  return limit;
}

const strictForms: [strict: RegExp, loose: string][] = [
  [/\b(not)?[dD]eepStrictEqual\b/g, '$1deepEqual'],
  [/\bstrictEqual\b/g, 'equal'],
  [/\bnotStrictEqual\b/g, 'notEqual'],
  [/\btoStrictEqual\b/g, 'toEqual'],
  [/===/g, '=='],
  [/!==/g, '!='],
];

/** Layout, quotes, casts and `await` do not count; strictness is told apart, because it may grow. */
function normalised(statement: string): Assertion {
  let text = statement.replace(/\bawait\s+/g, '').replace(/\s+as\s+[\w.<>[\]|{}]+/g, '');
  const before = text;
  for (const [strict, loose] of strictForms) text = text.replace(strict, loose);
  const strict = text !== before;
  const bare = text
    .replace(/([\w)\]])!(?=[.)\],;[])/g, '$1')
    .replace(/\s+/g, '')
    .replace(/['`]/g, '"')
    .replace(/,([)\]}])/g, '$1');
  return { text: bare, strict };
}

/** Assertions of `before` that are not in `after` any more, or ask for less there. */
export function lostAssertions(before: string, after: string): Assertion[] {
  const left = assertionsOf(after);
  // Strict ones choose first, so that a loose one does not take what only a strict one can match.
  const asked = assertionsOf(before).toSorted((a, b) => Number(b.strict) - Number(a.strict));
  return asked.filter((one) => {
    const same = left.filter(({ text, strict }) => text === one.text && (strict || !one.strict));
    const taken = same.find(({ strict }) => strict === one.strict) ?? same[0];
    if (taken === undefined) return true;
    left.splice(left.indexOf(taken), 1);
    return false;
  });
}

const declarations = [
  /(?<![\w.])(?:it|test|specify|describe|context|suite)(?:\.\w+)*\s*\(\s*(['"`])(?<name>(?:\\.|(?!\1).)*)\1/g,
  /^[ \t]*(?:async[ \t]+)?def[ \t]+(?<name>test\w*)[ \t]*\(/gm,
  /^[ \t]*class[ \t]+(?<name>Test\w*|\w+Tests?)\b/gm,
  /^func\s+(?:\([^)]*\)\s*)?(?<name>(?:Test|Benchmark|Fuzz|Example)\w*)\s*\(/gm,
  /#\[\s*(?:\w+::)?test\b[^\]]{0,200}\](?:\s*#\[[^\]]{0,200}\]){0,9}\s*(?:pub\s+)?(?:async\s+)?fn\s+(?<name>\w+)/g,
  /@(?:Test|ParameterizedTest|RepeatedTest)\b[^{;@]{0,300}?\b(?<name>\w{1,200})[ \t]*\(/g,
  /\b(?:TEST(?:_[FP])?|TEST_CASE|SCENARIO)\s*\(\s*(?<name>[^()]{0,300})\)/g,
  /^[ \t]*@test[ \t]+(?<name>.*)$/gm,
];

/** Names of tests in `before` that `after` lacks. */
export function lostTestNames(before: string, after: string): string[] {
  const left = testNames(after);
  return testNames(before).filter((name) => {
    const at = left.indexOf(name);
    if (at === -1) return true;
    left.splice(at, 1);
    return false;
  });
}

function testNames(source: string): string[] {
  return declarations.flatMap((pattern) =>
    [...source.matchAll(pattern)].map((match) => (match.groups?.name ?? '').replace(/\s+/g, ' ').trim()),
  );
}
