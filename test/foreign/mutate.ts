/** One line of a file that says something else than it did. */
export interface Mutation {
  file: string;
  /** From 0. */
  line: number;
  how: string;
  before: string;
  after: string;
}

interface Operator {
  how: string;
  find: RegExp;
  replace: string;
}

const mistake = (how: string, find: RegExp, replace: string): Operator => ({ how, find, replace });

/** Mistakes as people make them; all of them leave code that compiles in C, Go, JavaScript and Python. */
const operators: readonly Operator[] = [
  mistake('flips a comparison', / < /, ' >= '),
  mistake('flips a comparison', / > /, ' <= '),
  mistake('flips a comparison', / <= /, ' > '),
  mistake('flips a comparison', / >= /, ' < '),
  mistake('flips a comparison', / === /, ' !== '),
  mistake('flips a comparison', / !== /, ' === '),
  mistake('flips a comparison', / == /, ' != '),
  mistake('flips a comparison', / != /, ' == '),
  mistake('is off by one', / \+ 1\b(?!\.)/, ' + 2'),
  mistake('is off by one', / - 1\b(?!\.)/, ' - 2'),
  mistake('is off by one', /\[0\]/, '[1]'),
  mistake('is off by one', / = 0\b(?!\.)/, ' = 1'),
  mistake('drops a negation', /(\b(?:if|while) \(?)(?:!(?!=)|not )/, '$1'),
  mistake('mixes up and and or', / && /, ' || '),
  mistake('mixes up and and or', / \|\| /, ' && '),
  mistake('mixes up and and or', /(\bif .*) and /, '$1 or '),
  mistake('mixes up and and or', /(\bif .*) or /, '$1 and '),
];

/** Only where a function gives back nothing without being wrong for its compiler. */
const early: Readonly<Record<string, Operator>> = {
  '.js': mistake('returns early', /^(\s+)(return .+)$/, '$1return; $2'),
  '.py': mistake('returns early', /^(\s+)(return .+)$/, '$1return None; $2'),
};

const comment = /^\s*(?:\/\/|\/?\*|#|"""|''')/;

/** Every mistake that could be made in these lines, one at a time. */
export function mutationsOf(file: string, text: string): Mutation[] {
  const own = early[/\.\w+$/.exec(file)?.[0] ?? ''];
  const all = own === undefined ? operators : [...operators, own];
  return text.split('\n').flatMap((before, line) => {
    if (comment.test(before)) return [];
    return all
      .filter(({ find }) => find.test(before))
      .map(({ how, find, replace }) => ({ file, line, how, before, after: before.replace(find, replace) }));
  });
}

export function mutate(text: string, mutation: Mutation): string {
  const lines = text.split('\n');
  if (lines[mutation.line] !== mutation.before) throw new Error(`${mutation.file} is not as it was`);
  lines[mutation.line] = mutation.after;
  return lines.join('\n');
}

/** Far enough apart that git can merge what mends one with what mends the other. */
export function isFarFrom(one: Mutation, others: readonly Mutation[]): boolean {
  return others.every(({ file, line }) => file !== one.file || Math.abs(line - one.line) > 7);
}

/** A piece of the broken text around the mutated line that stands there once, and what it was before. */
export function inverse(broken: string, { line, before, after }: Mutation): { from: string; to: string } {
  const lines = broken.split('\n');
  if (lines[line] !== after) throw new Error(`line ${line + 1} is not broken`);
  for (let around = 0; around <= 3; around += 1) {
    const above = lines.slice(Math.max(0, line - around), line);
    const below = lines.slice(line + 1, line + 1 + around);
    const from = [...above, after, ...below].join('\n');
    if (broken.split(from).length === 2) return { from, to: [...above, before, ...below].join('\n') };
  }
  throw new Error(`line ${line + 1} looks like others`);
}
