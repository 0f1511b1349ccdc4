/*
 * A file name is bytes, and ours are strings. Bytes that are not UTF-8 become lone surrogates (0xE9 is U+DCE9), which
 * no valid text holds, so that every name survives the way there and back. JSON keeps them, as `\udce9`.
 */

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export function pathFromBytes(bytes: Uint8Array): string {
  try {
    return strict.decode(bytes);
  } catch {
    return decodeLoosely(bytes);
  }
}

export function pathToBytes(path: string): Buffer {
  if (path.isWellFormed()) return Buffer.from(path);
  const parts = [...path].map((character) => {
    const code = character.codePointAt(0) ?? 0;
    return code >= 0xdc80 && code <= 0xdcff ? Buffer.from([code - 0xdc00]) : Buffer.from(character);
  });
  return Buffer.concat(parts);
}

/** Records of git's `-z` output; what follows the last NUL, normally nothing, is left out. */
export function splitAtNul(bytes: Uint8Array): Buffer[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const records: Buffer[] = [];
  for (let start = 0; ; ) {
    const end = buffer.indexOf(0, start);
    if (end < 0) return records;
    records.push(buffer.subarray(start, end));
    start = end + 1;
  }
}

/** For git's `-z --stdin`. */
export function joinWithNul(paths: readonly string[]): Buffer {
  return Buffer.concat(paths.flatMap((path) => [pathToBytes(path), nul]));
}

const nul = Buffer.from([0]);

function decodeLoosely(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; ) {
    const length = sequenceLength(bytes[at] ?? 0);
    const sequence = bytes.subarray(at, at + length);
    const character = length > 1 ? tryDecode(sequence) : null;
    if (character !== null) {
      text += character;
      at += length;
    } else {
      const byte = bytes[at] ?? 0;
      text += String.fromCharCode(byte < 0x80 ? byte : 0xdc00 + byte);
      at += 1;
    }
  }
  return text;
}

function tryDecode(sequence: Uint8Array): string | null {
  try {
    return strict.decode(sequence);
  } catch {
    return null;
  }
}

function sequenceLength(first: number): number {
  if (first >= 0xf0) return 4;
  if (first >= 0xe0) return 3;
  return first >= 0xc0 ? 2 : 1;
}
