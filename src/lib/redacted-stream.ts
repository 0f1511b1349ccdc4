import { openKeyIn } from './private-key.ts';

/** More than the longest secret; a longer line is cut where no secret is. */
const mostHeld = 128 * 1024;
const keptOfLong = 48 * 1024;

/** The end of a line of base64: where it is wrapped, it goes on in the next. */
const wrappedEnd = /^[A-Za-z0-9+/_=-]{60}$/;

interface Parts {
  redact(text: string): string;
  spans(text: string): { start: number; end: number }[];
  manyLines: readonly string[];
  /** Whether wrapped base64 may hold a known value. */
  wrapped: boolean;
}

/**
 * Redacts text that comes in pieces: gives whole lines out, and holds back those that may begin a secret of several. What comes out
 * in all does not depend on where the pieces were cut.
 */
export class RedactedStream {
  readonly #parts: Parts;
  #held = '';

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  take(piece: string): string {
    let out = '';
    for (let from = 0; from < piece.length; ) {
      const next = piece.slice(from, from + mostHeld - this.#held.length);
      from += next.length;
      this.#held += next;
      const full = this.#held.length >= mostHeld;
      if (full || from >= piece.length) out += this.#giveOut(full);
    }
    return out;
  }

  /** What is left. */
  end(): string {
    const rest = this.#parts.redact(this.#held);
    this.#held = '';
    return rest;
  }

  #giveOut(full: boolean): string {
    const cut = this.#safeCut() || (full ? this.#anyCut() : 0);
    const ready = this.#parts.redact(this.#held.slice(0, cut));
    this.#held = this.#held.slice(cut);
    return ready;
  }

  /** Behind the last whole line that no secret may go on from: neither from there nor from where that leads back to. */
  #safeCut(): number {
    let cut = this.#held.lastIndexOf('\n') + 1;
    for (let before = -1; cut > 0 && cut !== before; ) {
      before = cut;
      cut = Math.min(this.#beforeKey(cut), this.#beforeWrapped(cut), this.#beforeKnown(cut));
    }
    return cut;
  }

  #beforeKey(lines: number): number {
    const at = openKeyIn(this.#held.slice(0, lines));
    return at < 0 ? lines : at;
  }

  #beforeWrapped(lines: number): number {
    let cut = lines;
    while (this.#parts.wrapped && cut > 0) {
      const begin = cut < 2 ? 0 : this.#held.lastIndexOf('\n', cut - 2) + 1;
      const end = this.#held[cut - 2] === '\r' ? cut - 2 : cut - 1;
      if (!wrappedEnd.test(this.#held.slice(Math.max(begin, end - 60), end))) break;
      cut = begin;
    }
    return cut;
  }

  #beforeKnown(lines: number): number {
    let cut = lines;
    const text = this.#held.slice(0, lines);
    for (const value of this.#parts.manyLines) {
      for (let at = value.indexOf('\n'); at >= 0; at = value.indexOf('\n', at + 1)) {
        if (at + 1 < value.length && text.endsWith(value.slice(0, at + 1)))
          cut = Math.min(cut, lines - at - 1);
      }
    }
    return cut;
  }

  #anyCut(): number {
    const wanted = this.#held.length - keptOfLong;
    const spans = this.#parts.spans(this.#held);
    for (let cut = wanted; cut > 0; ) {
      const across = spans.filter(({ start, end }) => start < cut && end > cut);
      if (across.length === 0) return cut;
      cut = Math.min(...across.map(({ start }) => start));
    }
    return wanted;
  }
}
