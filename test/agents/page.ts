// Tables of docs/agents.md that are made of recordings: `npm run test:agents -- --table`.
import path from 'node:path';

export const page = path.join(import.meta.dirname, '../../docs/agents.md');

const marksOf = (name: string): [string, string] => [
  `<!-- ${name}: made by npm run test:agents -- --table -->\n\n`,
  `\n\n<!-- /${name} -->`,
];

/** The page before that table, it, and the page behind it. */
function partsOf(text: string, name: string): [string, string, string] {
  const [begin, end] = marksOf(name);
  const from = text.indexOf(begin);
  const to = text.indexOf(end, from);
  if (from < 0 || to < 0) throw new Error(`docs/agents.md does not say where its table of ${name} stands`);
  return [text.slice(0, from), text.slice(from + begin.length, to), text.slice(to + end.length)];
}

export function tableIn(text: string, name: string): string {
  return partsOf(text, name)[1];
}

export function withTable(text: string, name: string, table: string): string {
  const [before, , after] = partsOf(text, name);
  return `${before}${marksOf(name).join(table)}${after}`;
}
