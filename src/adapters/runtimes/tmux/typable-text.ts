/* oxlint-disable no-control-regex -- control characters are what this file is about */

// What begins and ends a paste for the program that reads it: inside of one it would let the rest out as keys.
const pasteMarks = /(?:\x1b\[|\x9b)20[01]~/g;

// C0 but tab and newline; delete; C1.
const keys = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/g;

/** Text that a terminal can be given: nothing in it acts as a key, ends a paste or begins a control sequence. */
export function typableText(text: string): string {
  return text.toWellFormed().replace(pasteMarks, '').replace(keys, '');
}
