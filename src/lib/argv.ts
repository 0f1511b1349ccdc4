/** Text that is not a list of arguments; `column` counts from 1. */
export class ArgvError extends Error {
  readonly column: number;

  constructor(message: string, column: number) {
    super(`${message} (column ${column})`);
    this.name = 'ArgvError';
    this.column = column;
  }
}

/**
 * Program and arguments from one text: a JSON array of strings, or words with POSIX quoting (`'…'`, `"…"`, `\`).
 * Nothing is expanded: no variables, globs, tildes or comments. What would do something in a shell and cannot here
 * (an unquoted `|`, `;`, `&`, `<`, `>`, `` ` ``, `$(`) is an error, because it would be passed on as plain text.
 */
export function parseArgv(text: string): string[] {
  const argv = text.trimStart().startsWith('[') ? parseJson(text) : splitWords(text);
  if (argv.length === 0 || argv[0] === '') throw new ArgvError('there is no program to start', 1);
  const nul = text.indexOf('\0');
  if (nul >= 0 || argv.some((word) => word.includes('\0'))) {
    throw new ArgvError('an argument cannot hold a NUL character', Math.max(nul, 0) + 1);
  }
  return argv;
}

function parseJson(text: string): string[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const position = /position (\d+)/.exec(String(error))?.[1];
    throw new ArgvError(
      'this is not a JSON array of strings',
      position ? Number(position) + 1 : text.length + 1,
    );
  }
  if (!Array.isArray(value)) throw new ArgvError('this is not a JSON array of strings', 1);
  return value.map((word: unknown, index) => {
    if (typeof word === 'string') return word;
    throw new ArgvError(`element ${index + 1} of the JSON array is not a string`, text.indexOf('[') + 1);
  });
}

function splitWords(text: string): string[] {
  const words: string[] = [];
  // null between words, so that '' and "" make empty arguments.
  let word: string | null = null;
  for (let at = 0; at < text.length; ) {
    if (/\s/.test(text[at] ?? '')) {
      if (word !== null) words.push(word);
      word = null;
      at += 1;
    } else if (text.startsWith('\\\n', at)) {
      at += 2; // a continued line, as if the two were not there
    } else {
      const part: Part = readPart(text, at);
      word = (word ?? '') + part.text;
      at = part.end;
    }
  }
  if (word !== null) words.push(word);
  return words;
}

interface Part {
  text: string;
  end: number;
}

function readPart(text: string, at: number): Part {
  const character = text[at] ?? '';
  if (character === "'") return readSingleQuoted(text, at);
  if (character === '"') return readDoubleQuoted(text, at);
  if (character === '\\') {
    const next = text[at + 1];
    if (next === undefined) throw new ArgvError('nothing follows the backslash', at + 1);
    return { text: next, end: at + 2 };
  }
  if ('|;&<>`'.includes(character) || text.startsWith('$(', at)) {
    throw new ArgvError(
      `no shell reads this, so ${character} does nothing: quote it, or write sh -c '…'`,
      at + 1,
    );
  }
  return { text: character, end: at + 1 };
}

function readSingleQuoted(text: string, at: number): Part {
  const end = text.indexOf("'", at + 1);
  if (end < 0) throw new ArgvError("the ' is never closed", at + 1);
  return { text: text.slice(at + 1, end), end: end + 1 };
}

function readDoubleQuoted(text: string, at: number): Part {
  let value = '';
  for (let i = at + 1; i < text.length; i++) {
    const character = text[i] ?? '';
    if (character === '"') return { text: value, end: i + 1 };
    const next = text[i + 1] ?? '';
    if (character === '\\' && next !== '' && '$`"\\\n'.includes(next)) {
      if (next !== '\n') value += next;
      i += 1;
    } else value += character;
  }
  throw new ArgvError('the " is never closed', at + 1);
}
