import { cleanText } from '../lib/clean-text.ts';

// Characters without width, tags, variation selectors and other marks: hidden from people, but not from models.
const invisible = /[\p{DI}\p{Cf}\u2028\u2029]/gu;

/** Text from outside as a person would see it: no control, invisible or direction marks; lines stay. */
export function plainText(text: string): string {
  return cleanText(text).replace(invisible, '');
}

/** The same on one line, cut to `length` characters. */
export function plainLine(text: string, length: number): string {
  const line = plainText(text).replace(/\s+/g, ' ').trim();
  const characters = [...line];
  return characters.length <= length ? line : `${characters.slice(0, length - 1).join('')}…`;
}

/** At most `bytes` of UTF-8, whole characters, and a line that says what was left out. */
export function cutText(text: string, bytes: number): string {
  const encoded = new TextEncoder().encode(text);
  if (encoded.length <= bytes) return text;
  let end = bytes;
  while (end > 0 && ((encoded[end] ?? 0) & 0xc0) === 0x80) end--;
  const kept = new TextDecoder().decode(encoded.subarray(0, end));
  return `${kept}\n… (${encoded.length - end} more bytes left out)`;
}
