import { realpathSync } from 'node:fs';
import { cleanText } from '../../lib/clean-text.ts';

const messageLength = 8 * 1024;

/** Text from outside, made harmless to show: a carriage return ends a line, escape sequences are gone. */
export function plainText(text: string): string {
  return cleanText(text.replace(/\r+\n?/g, '\n'));
}

/** The beginning and the end of a text, `max` characters at most. */
export function capText(text: string, max: number = messageLength): string {
  if (text.length <= max) return text;
  const note = `\n[… ${text.length - max} characters left out …]\n`;
  const head = Math.floor((max - note.length) * 0.6);
  return text.slice(0, head) + note + text.slice(text.length - (max - note.length - head));
}

/** The end of a text, `max` characters at most, from the beginning of a line where one is near. */
export function tailText(text: string, max: number = messageLength): string {
  if (text.length <= max) return text;
  const tail = text.slice(text.length - max);
  const newline = tail.indexOf('\n');
  return newline >= 0 && newline < 500 ? tail.slice(newline + 1) : tail;
}

/** Takes out what makes the same message differ between two checkouts: their absolute paths. */
export function withoutRoots(text: string, roots: readonly string[]): string {
  let result = text;
  for (const root of roots) {
    if (root.length < 4) continue;
    const slashed = root.endsWith('/') ? root : `${root}/`;
    result = result.replaceAll(`file://${encodeURI(slashed)}`, '').replaceAll(slashed, '');
    result = result.replaceAll(new RegExp(`${escapePattern(root)}(?![\\w.-])`, 'g'), '.');
  }
  return result;
}

/** Plain text without the paths of the checkout at `root`, under any of its names. */
export function cleaner(root: string): (text: string) => string {
  const roots = [...new Set([realPath(root), root])].toSorted((a, b) => b.length - a.length);
  return (text) => withoutRoots(plainText(text), roots);
}

/** A check may have removed the place that it ran in. */
function realPath(root: string): string {
  try {
    return realpathSync(root);
  } catch {
    return root;
  }
}

export function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
}
