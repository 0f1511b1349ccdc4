/**
 * Collects output in bounded memory: the first half of `maxBytes` as it came, and of the rest the end, because what
 * started and what failed are at the two ends. A line between them says how much was left out.
 */
export class CappedOutput {
  #head: Buffer[] = [];
  #headRoom: number;
  #tail: Buffer | null = null;
  readonly #tailSize: number;
  /** Bytes that ever went into the tail. */
  #tailTotal = 0;

  constructor(maxBytes: number) {
    this.#headRoom = Math.floor(maxBytes / 2);
    this.#tailSize = Math.max(1, maxBytes - this.#headRoom);
  }

  get truncated(): boolean {
    return this.#tailTotal > this.#tailSize;
  }

  add(chunk: Buffer): void {
    const first = chunk.subarray(0, this.#headRoom);
    if (first.length > 0) this.#head.push(first);
    this.#headRoom -= first.length;
    const rest = chunk.subarray(first.length);
    if (rest.length > 0) this.#addToTail(rest);
  }

  #addToTail(chunk: Buffer): void {
    this.#tail ??= Buffer.alloc(this.#tailSize);
    const skipped = Math.max(0, chunk.length - this.#tailSize);
    for (let from = skipped; from < chunk.length; ) {
      const at = (this.#tailTotal + from) % this.#tailSize;
      from += chunk.copy(this.#tail, at, from, from + Math.min(chunk.length - from, this.#tailSize - at));
    }
    this.#tailTotal += chunk.length;
  }

  /** Decoded as UTF-8; what is not becomes U+FFFD. */
  toString(): string {
    const head = Buffer.concat(this.#head);
    if (!this.#tail) return head.toString();
    const at = this.#tailTotal % this.#tailSize;
    if (!this.truncated) return Buffer.concat([head, this.#tail.subarray(0, this.#tailTotal)]).toString();
    const tail = Buffer.concat([this.#tail.subarray(at), this.#tail.subarray(0, at)]);
    const left = this.#tailTotal - this.#tailSize;
    return `${wholeCharacters(head)}\n[… ${left} bytes left out …]\n${wholeCharacters(tail)}`;
  }
}

/** A character that the cut went through is dropped rather than shown as damage. */
function wholeCharacters(bytes: Buffer): string {
  return bytes.toString().replace(/^\ufffd{1,3}|\ufffd{1,3}$/g, '');
}
