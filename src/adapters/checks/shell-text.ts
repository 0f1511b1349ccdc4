// A shell command as text, taken apart far enough to recognise the tools in it. Never used to decide what runs.

export interface Segment {
  text: string;
  /** What stands after it; null at the end. */
  operator: '&&' | '||' | ';' | '|' | '&' | null;
}

/** Splits at operators outside of quotes and parentheses. */
export function segmentsOf(command: string): Segment[] {
  const segments: Segment[] = [];
  let start = 0;
  let quote = '';
  let depth = 0;
  for (let i = 0; i < command.length; i++) {
    const char = command[i] ?? '';
    if (quote !== '') {
      if (char === quote) quote = '';
      else if (char === '\\' && quote === '"') i++;
    } else if (char === '"' || char === "'") quote = char;
    else if (char === '\\') i++;
    else if (char === '(') depth++;
    else if (char === ')') depth--;
    else if (depth <= 0) {
      const operator = operatorAt(command, i);
      if (operator === null) continue;
      segments.push({ text: command.slice(start, i).trim(), operator: operator.name });
      i += operator.length - 1;
      start = i + 1;
    }
  }
  segments.push({ text: command.slice(start).trim(), operator: null });
  return segments.filter(({ text }) => text !== '');
}

function operatorAt(command: string, i: number): { name: Segment['operator']; length: number } | null {
  const pair = command.slice(i, i + 2);
  if (pair === '&&' || pair === '||') return { name: pair, length: 2 };
  const char = command[i];
  if (char === ';' || char === '\n') return { name: ';', length: 1 };
  if (char === '|') return { name: '|', length: 1 };
  const redirects = command[i - 1] === '>' || command[i - 1] === '<' || command[i + 1] === '>';
  return char === '&' && !redirects ? { name: '&', length: 1 } : null;
}

/** Words of a simple command, without quotes. */
export function wordsOf(text: string): string[] {
  const words: string[] = [];
  for (const match of text.matchAll(/(?:[^\s"'\\]|\\.|"(?:[^"\\]|\\.)*"|'[^']*')+/g)) {
    words.push(match[0].replace(/'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)/g, '$1$2$3'));
  }
  return words;
}

/** The program's name and its arguments: assignments, `env`, `npx` and the like in front are left out. */
export function programOf(text: string): { name: string; args: string[] } {
  let words = wordsOf(text);
  const wrappers = /^(?:env|cross-env|npx|bunx|pnpx|exec|command|time|nice|dotenv|--|-y|--yes|--no-install)$/;
  while (words[0] !== undefined && (/^\w+=/.test(words[0]) || wrappers.test(words[0])))
    words = words.slice(1);
  const runner = words.slice(0, 2).join(' ');
  if (/^(?:uv|poetry|pipenv|hatch|pdm|rye) run$|^(?:pnpm|yarn|npm) (?:exec|dlx)$/.test(runner)) {
    words = words.slice(2).filter((word, index) => index > 0 || word !== '--');
  }
  const name = (words[0] ?? '').split('/').at(-1) ?? '';
  return { name, args: words.slice(1) };
}

/** Quotes one argument for /bin/sh. */
export function quoteArgument(argument: string): string {
  return /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", `'\\''`)}'`;
}
