/* oxlint-disable no-control-regex -- control characters are what this file is about */

// CSI; OSC; DCS, SOS, PM and APC, each up to their end or to the next escape; all others; a lone escape.
const escapes =
  /(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[PX^_][^\x1b]*(?:\x1b\\)?|\x1b[ -/]*[0-~]?/g;

// Everything but tab and newline, and the marks that turn the direction of text around.
const controls = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g;

/** Each escape sequence has one of them. */
const anyControl = new RegExp(controls.source);

/** Text without escape sequences and control characters; lines and tabs stay. Carriage returns go. */
export function cleanText(text: string): string {
  return anyControl.test(text) ? text.replace(escapes, '').replace(controls, '') : text;
}
