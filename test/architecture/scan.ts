// Reads TypeScript as text, just enough for the architecture rules: which modules a file imports, how long its
// functions are, and its code without comments and strings. TypeScript 7 offers no parser to call.

export interface SourceFile {
  /** Relative to the repository, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

export interface FunctionSpan {
  readonly name: string;
  readonly line: number;
  readonly lines: number;
}

interface State {
  readonly text: string;
  readonly out: string[];
  at: number;
  /** The last significant character: it tells a regular expression from a division. */
  last: string;
}

const blank = (text: string): string => text.replaceAll(/[^\n]/g, ' ');

function copy(state: State, length: number): void {
  const piece = state.text.slice(state.at, state.at + length);
  state.out.push(piece);
  if (piece.trim() !== '') state.last = piece.trim().slice(-1);
  state.at += length;
}

function skipTo(state: State, end: number): void {
  state.out.push(blank(state.text.slice(state.at, end)));
  state.at = end;
}

const endOf = (found: number, length: number, whenAbsent: number): number =>
  found < 0 ? whenAbsent : found + length;

function skipComment(state: State): void {
  const { text, at } = state;
  if (text[at + 1] === '/') skipTo(state, endOf(text.indexOf('\n', at), 0, text.length));
  else skipTo(state, endOf(text.indexOf('*/', at + 2), 2, text.length));
}

/** Keeps the delimiters, blanks what is between them. */
function skipDelimited(state: State, closes: (character: string) => boolean): void {
  copy(state, 1);
  let end = state.at;
  while (end < state.text.length && !closes(state.text.charAt(end))) {
    end += state.text[end] === '\\' ? 2 : 1;
  }
  skipTo(state, Math.min(end, state.text.length));
  copy(state, 1);
}

function skipRegularExpression(state: State): void {
  let inClass = false;
  skipDelimited(state, (character) => {
    if (character === '[') inClass = true;
    if (character === ']') inClass = false;
    return character === '\n' || (character === '/' && !inClass);
  });
}

/** Code inside `${…}` stays code: it is scanned like the rest. */
function skipTemplate(state: State): void {
  copy(state, 1);
  while (state.at < state.text.length) {
    const character = state.text[state.at];
    if (character === '`') return copy(state, 1);
    if (character === '\\') skipTo(state, state.at + 2);
    else if (character === '$' && state.text[state.at + 1] === '{') {
      copy(state, 2);
      scanUntilClosingBrace(state);
    } else skipTo(state, state.at + 1);
  }
}

function startsRegularExpression(state: State): boolean {
  if (state.last === '' || '(,=:[!&|?{};+*%<>~^-'.includes(state.last)) return true;
  return /\b(?:return|typeof|case|in|of|void|throw|await|yield)\s*$/.test(state.out.slice(-400).join(''));
}

function scanUntilClosingBrace(state: State): void {
  let depth = 0;
  while (state.at < state.text.length) {
    const character = state.text.charAt(state.at);
    const next = state.text[state.at + 1];
    if (character === '/' && (next === '/' || next === '*')) skipComment(state);
    else if (character === "'" || character === '"')
      skipDelimited(state, (c) => c === character || c === '\n');
    else if (character === '`') skipTemplate(state);
    else if (character === '/' && startsRegularExpression(state)) skipRegularExpression(state);
    else {
      if (character === '{') depth += 1;
      if (character === '}') depth -= 1;
      copy(state, 1);
      if (depth < 0) return;
    }
  }
}

/** The file's code at the same offsets, with comments and the contents of strings blanked. */
export function codeOf(text: string): string {
  const state: State = { text, out: [], at: 0, last: '' };
  while (state.at < text.length) scanUntilClosingBrace(state);
  return state.out.join('').slice(0, text.length);
}

const importForms = [
  /\b(?:import|export)\s*(?:type\b\s*)?(?:[\w$*{}\s,]*?\bfrom\s*)?(["'])( *)\1/g, // static, with or without names
  /\b(?:import|require)\s*\(\s*(["'])( *)\1/g, // dynamic, and types by import('…')
];

/** Every module specifier that the file names, type-only imports included. */
export function importsOf(file: SourceFile): string[] {
  const code = codeOf(file.text);
  return importForms.flatMap((form) =>
    [...code.matchAll(form)].map((match) => {
      const end = match.index + match[0].length - 1;
      return file.text.slice(end - (match[2] ?? '').length, end);
    }),
  );
}

const lineOf = (code: string, offset: number): number => code.slice(0, offset).split('\n').length;

const closing: Record<string, string> = { '(': ')', '[': ']', '{': '}' };

/** The offset of the bracket that closes the one at `open`, or -1. */
function matching(code: string, open: number): number {
  const stack: string[] = [];
  for (let at = open; at < code.length; at += 1) {
    const character = code.charAt(at);
    const close = closing[character];
    if (close !== undefined) stack.push(close);
    else if (character === stack.at(-1)) {
      stack.pop();
      if (stack.length === 0) return at;
    }
  }
  return -1;
}

/** Where the body begins after a parameter list that ends before `at`: `{`, `: Type {`, `=> {`; or -1. */
function bodyAfterParameters(code: string, at: number): number {
  const arrow = /^\s*=>\s*\{/.exec(code.slice(at, at + 200));
  if (arrow !== null) return at + arrow[0].length - 1;
  const direct = /^\s*\{/.exec(code.slice(at, at + 200));
  if (direct !== null) return at + direct[0].length - 1;
  return /^\s*:/.test(code.slice(at, at + 200)) ? bodyAfterReturnType(code, code.indexOf(':', at) + 1) : -1;
}

function bodyAfterReturnType(code: string, from: number): number {
  let typeIsComplete = false;
  for (let at = from; at < code.length; at += 1) {
    const character = code.charAt(at);
    if (character.trim() === '') continue;
    if (character === '{' && typeIsComplete) return at;
    if (code.startsWith('=>', at)) {
      const body = /^=>\s*\{/.exec(code.slice(at, at + 200));
      if (body !== null && typeIsComplete) return at + body[0].length - 1;
      return -1;
    }
    if (';,)}='.includes(character)) return -1;
    if (closing[character] !== undefined || character === '<') {
      at = character === '<' ? matchingAngle(code, at) : matching(code, at);
      if (at < 0) return -1;
      typeIsComplete = true;
    } else if (/[\w$"'`]/.test(character)) {
      const word = /^[\w$.]+/.exec(code.slice(at, at + 200))?.[0] ?? character;
      typeIsComplete = !['is', 'keyof', 'readonly', 'asserts', 'extends', 'typeof', 'unique'].includes(word);
      at += word.length - 1;
    } else typeIsComplete = false;
  }
  return -1;
}

function matchingAngle(code: string, open: number): number {
  let depth = 0;
  for (let at = open; at < code.length; at += 1) {
    const character = code.charAt(at);
    if (character === '<') depth += 1;
    else if (character === '>' && code[at - 1] !== '=') depth -= 1;
    else if (closing[character] !== undefined) at = matching(code, at);
    else if (character === ';') return -1;
    if (at < 0) return -1;
    if (depth === 0) return at;
  }
  return -1;
}

const notFunctions = new Set(['if', 'for', 'while', 'switch', 'catch', 'with', 'await', 'case']);

/** Functions, methods and arrow functions with a block body, nested ones included. */
export function functionsOf(file: SourceFile): FunctionSpan[] {
  const code = codeOf(file.text);
  const spans = new Map<number, FunctionSpan>();
  for (let open = code.indexOf('('); open >= 0; open = code.indexOf('(', open + 1)) {
    const before = code.slice(Math.max(0, open - 200), open);
    const name = /([\w$]+)\s*(?:<[^()]*>)?\s*$/.exec(before)?.[1] ?? '';
    const close = notFunctions.has(name) ? -1 : matching(code, open);
    const body = close < 0 ? -1 : bodyAfterParameters(code, close + 1);
    if (body < 0) continue;
    const assigned = /([\w$]+)\s*(?::[^=;]*)?[=:]\s*(?:async\s*)?(?:<[^()]*>)?$/.exec(before)?.[1];
    const named = name === '' || name === 'async' || name === 'function' ? (assigned ?? 'anonymous') : name;
    const line = lineOf(code, open);
    const lines = lineOf(code, matching(code, body)) - line + 1;
    spans.set(body, { name: named, line, lines });
  }
  return [...spans.values()];
}
