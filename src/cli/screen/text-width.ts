import { cleanText } from '../../lib/clean-text.ts';

let segmenter: Intl.Segmenter | null = null;

const asciiOnly = /^[\x20-\x7e]*$/;
const invisible = /^[\p{Mark}\p{Default_Ignorable_Code_Point}\p{Control}\p{Format}]*$/u;
const emoji = /\p{Emoji_Presentation}|\ufe0f/u;

/** Blocks whose characters take two columns: East Asian scripts and full-width forms. */
const wideBlocks: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x16fe0, 0x1b2ff],
  [0x1f200, 0x1f2ff],
  [0x20000, 0x3fffd],
];

/** Columns that a terminal gives to text without control characters. */
export function textWidth(text: string): number {
  if (asciiOnly.test(text)) return text.length;
  return graphemes(text).reduce((sum, grapheme) => sum + graphemeWidth(grapheme), 0);
}

/** Text within so many columns; what does not fit gives way to `…`. */
export function fit(text: string, columns: number): string {
  if (columns <= 0) return '';
  if (textWidth(text) <= columns) return text;
  let kept = '';
  let width = 0;
  for (const grapheme of graphemes(text)) {
    width += graphemeWidth(grapheme);
    if (width > columns - 1) break;
    kept += grapheme;
  }
  return `${kept.trimEnd()}…`;
}

/** `fit`, filled up with spaces. */
export function column(text: string, columns: number): string {
  const fitted = fit(text, columns);
  return fitted + ' '.repeat(Math.max(0, columns - textWidth(fitted)));
}

/** Text from outside as one harmless line: no escape sequences, no line breaks, no runs of white space. */
export function oneLine(text: string): string {
  return cleanText(text.replace(/[\r\n\t]+/g, ' '))
    .replace(/\s+/g, ' ')
    .trim();
}

function graphemes(text: string): string[] {
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

function graphemeWidth(grapheme: string): number {
  if (invisible.test(grapheme)) return 0;
  if (emoji.test(grapheme)) return 2;
  const code = grapheme.codePointAt(0) ?? 0;
  return wideBlocks.some(([from, to]) => code >= from && code <= to) ? 2 : 1;
}
