import { posix } from 'node:path';
import { makefileText, readMakefile, type Rule } from '../makefile.ts';

export interface Step {
  /** The recipe line as make printed it, on one line. */
  text: string;
  target: string;
  /** Directory that make worked in, repository-relative; '' at the top. */
  directory: string;
  output: string[];
  state: 'running' | 'passed' | 'failed';
  /** It ran another make, whose own steps say more. */
  wraps: boolean;
}

export interface Steps {
  steps: Step[];
  /** What make said about an end that no step explains: a missing rule, a broken makefile. */
  complaints: string[];
}

const trace = /^(.+?):(\d+): (?:update target '(.+?)' due to: .*|target '(.+?)' does not exist)$/;
const builtin = /^<builtin>: (?:update target '(.+?)' due to: .*|target '(.+?)' does not exist)$/;
const entering = /^g?make\[\d+\]: Entering directory [`'](.+)'$/;
const leaving = /^g?make\[\d+\]: Leaving directory [`'](.+)'$/;
const failure = /^g?make(?:\[\d+\])?: \*\*\* \[(?:([^:\]]+):(\d+): )?([^\]]+)\] (?!.*\(ignored\)$).+$/;
const ignored = /^g?make(?:\[\d+\])?: \[.*\] .* \(ignored\)$/;
const complaint = /^(?:g?make(?:\[\d+\])?: \*\*\* (?!\[|Waiting for unfinished jobs).+|.+:\d+: \*\*\* .+)$/;

/** Recipe lines that a conditional may leave out are few. */
const lookAhead = 20;

interface Level {
  directory: string;
  target: string;
  /** Recipe lines that may come next. */
  expected: { prints: (line: string) => boolean; lines: number }[];
  step: Step | null;
}

/** Cuts the output of `make --trace` into the recipe lines that ran; null where it is none. */
export function readSteps(output: string, root: string, succeeded: boolean): Steps | null {
  const lines = output.split('\n');
  if (!lines.some((line) => trace.test(line) || builtin.test(line))) return null;
  const reading = new StepReader(root);
  for (let i = 0; i < lines.length; ) i += reading.read(lines, i);
  if (succeeded) reading.finish();
  return { steps: reading.steps, complaints: reading.complaints };
}

class StepReader {
  readonly steps: Step[] = [];
  readonly complaints: string[] = [];
  readonly #root: string;
  readonly #makefiles = new Map<string, Rule[]>();
  #levels: Level[] = [{ directory: '', target: '', expected: [], step: null }];
  /** The line after a trace line is always the first recipe line, whatever it looks like. */
  #begins = false;

  constructor(root: string) {
    this.#root = root;
  }

  /** Reads one item, and says how many lines it took. */
  read(lines: readonly string[], at: number): number {
    const line = lines[at] ?? '';
    const level = this.#level();
    const traced = trace.exec(line) ?? builtin.exec(line);
    if (traced !== null) return this.#target(level, traced);
    const recipe = this.#recipeAt(lines, at);
    if (recipe !== null) return recipe;
    const failed = failure.exec(line);
    if (failed !== null) this.#fail(level, failed[3] ?? '');
    else if (entering.test(line)) this.#enter(entering.exec(line)?.[1] ?? '');
    else if (leaving.test(line)) this.#leave();
    else if (complaint.test(line)) this.complaints.push(line);
    else if (!ignored.test(line)) level.step?.output.push(line);
    return 1;
  }

  /** The step that make ended with success or that was still running at the end. */
  #target(level: Level, traced: RegExpExecArray): number {
    this.#end(level);
    const isBuiltin = traced[0].startsWith('<builtin>');
    level.target = (isBuiltin ? (traced[1] ?? traced[2]) : (traced[3] ?? traced[4])) ?? '';
    const file = posix.join(level.directory, isBuiltin ? '' : (traced[1] ?? ''));
    level.expected = isBuiltin ? [] : this.#expected(file, Number(traced[2]));
    this.#begins = true;
    return 1;
  }

  #expected(file: string, first: number): Level['expected'] {
    const rules = this.#makefiles.get(file) ?? rulesOf(this.#root, file);
    this.#makefiles.set(file, rules);
    const recipe = rules.find((rule) => rule.recipe.some(({ line }) => line === first))?.recipe ?? [];
    return recipe.map(({ text }) => ({ prints: printed(text), lines: text.split('\n').length }));
  }

  #recipeAt(lines: readonly string[], at: number): number | null {
    const level = this.#level();
    for (const [index, { prints, lines: count }] of level.expected.slice(0, lookAhead).entries()) {
      const text = lines.slice(at, at + count).join('\n');
      if (!prints(text)) continue;
      level.expected = level.expected.slice(index + 1);
      return this.#begin(level, text, count);
    }
    if (!this.#begins) return null;
    let count = 1;
    while ((lines[at + count - 1] ?? '').endsWith('\\')) count++;
    level.expected = level.expected.slice(1);
    return this.#begin(level, lines.slice(at, at + count).join('\n'), count);
  }

  #begin(level: Level, text: string, count: number): number {
    this.#begins = false;
    this.#end(level);
    const line = text.replace(/\\\n/g, ' ').replace(/\s+/g, ' ').trim();
    const { target, directory } = level;
    level.step = { text: line, target, directory, output: [], state: 'running', wraps: false };
    this.steps.push(level.step);
    return count;
  }

  /** With `make -j` the failed step need not be the one that was printed last. */
  #fail(level: Level, target: string): void {
    const { directory, step } = level;
    const isCurrent = step?.target === target;
    const earlier = this.steps.findLast((other) => other.target === target && other.directory === directory);
    const failed = isCurrent ? step : (earlier ?? step);
    if (failed === null || failed === undefined) this.complaints.push(`make could not build ${target}`);
    else failed.state = 'failed';
    if (failed === step) level.step = null;
  }

  #end(level: Level): void {
    if (level.step?.state === 'running') level.step.state = 'passed';
    level.step = null;
  }

  #enter(path: string): void {
    const outer = this.#level().step;
    if (outer !== null) outer.wraps = true;
    const directory = path.startsWith(`${this.#root}/`) ? path.slice(this.#root.length + 1) : path;
    this.#levels.push({
      directory: directory === '.' ? '' : directory,
      target: '',
      expected: [],
      step: null,
    });
  }

  #leave(): void {
    if (this.#levels.length > 1) this.#end(this.#levels.pop() ?? this.#level());
  }

  #level(): Level {
    const level = this.#levels.at(-1);
    if (level === undefined) throw new Error('a make without a level');
    return level;
  }

  /** What was still open when make ended with success has passed too. */
  finish(): void {
    for (const level of this.#levels) this.#end(level);
  }
}

function rulesOf(root: string, file: string): Rule[] {
  return readMakefile(makefileText(root, posix.dirname(file), posix.basename(file)));
}

/** Whether a line is what make prints for this one of a recipe: the line itself, with anything in the place of what it expands. */
function printed(recipe: string): (line: string) => boolean {
  const [first = '', ...rest] = literalsOf(recipe);
  // A line that is nothing but variables would be any line.
  if ([first, ...rest].join('').replace(/\s/g, '').length < 2) return () => false;
  const last = rest.pop();
  return (line) => {
    const text = line.trim();
    if (last === undefined) return text === first;
    if (!text.startsWith(first)) return false;
    // Each as early as it can be, so that the time grows with the line alone.
    let at = first.length;
    for (const literal of rest) {
      const found = text.indexOf(literal, at);
      if (found < 0) return false;
      at = found + literal.length;
    }
    return text.length >= at + last.length && text.endsWith(last);
  };
}

/** What stands before, between and behind the variables. */
function literalsOf(recipe: string): string[] {
  const literals = [''];
  for (const part of recipe.split(/(\$\$|\$\([^()]*(?:\([^()]*\)[^()]*)*\)|\$\{[^{}]*\}|\$.)/)) {
    const isVariable = part.startsWith('$') && part !== '$$';
    if (isVariable) literals.push('');
    else literals.push(`${literals.pop() ?? ''}${part === '$$' ? '$' : part}`);
  }
  return literals;
}
