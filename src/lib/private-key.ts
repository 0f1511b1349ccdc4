/** Longest that a key is taken to be; what would be longer is cut there. */
const most = 16 * 1024;
/** Longest that stands between two lines of a key, where tools and terminals show it: numbers, frames, colours, names. */
const mostBetween = 200;

const line = (which: string): string => `-----${which} [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----`;
const begins = '-----BEGIN ';
const dash = '-(?!----(?:BEGIN|END) )';
const own = String.raw`[A-Za-z0-9+/=\s:,]|${dash}|\\{1,4}[nrt/]`;
/** No quote: where the key stands in JSON, the text does not end before it. */
const other = String.raw`[^"\\-]|${dash}|\\{1,4}[nrtu/]`;
const open = `${line('BEGIN')}(?:${own}|(?:${other}){1,${mostBetween}}?(?=[A-Za-z0-9+/]{60})){0,${most}}`;

const openKey = new RegExp(open, 'y');
const unfinished = new RegExp(`^(?:${other}){0,${mostBetween}}$`);

/** Pattern of a private key, or of as much of it as there is. The end may be missing: no search goes back into the key for it. */
export const privateKey = `${open}(?:(?:${other}){0,${mostBetween}}?${line('END')})?`;

/** Where a private key begins that may go on behind the end of `text`; -1 where there is none. */
export function openKeyIn(text: string): number {
  const at = text.lastIndexOf(begins);
  openKey.lastIndex = Math.max(0, at);
  const found = at < 0 ? null : openKey.exec(text);
  return found !== null && unfinished.test(text.slice(at + found[0].length)) ? at : -1;
}
