import { privateKey } from './private-key.ts';
import { RedactedStream } from './redacted-stream.ts';
import { base64Forms, plainForms } from './secret-forms.ts';

/** Longest that a secret of a known shape is taken to be; what would be longer is cut there. */
const most = 16 * 1024;
/** Longest secret value that is looked for. */
const mostValue = 8 * 1024;

/** Not within a word: behind an escape of JSON and the end of a colour stands a letter and no word. */
const start = String.raw`(?:(?<![\w-])|(?<=\\[nrtf])|(?<=\[[0-9;]{0,12}m))`;
/** A small word is no key. */
const notWords = '(?=[a-z_.-]{0,128}[A-Z0-9])';

const shapes = [
  privateKey,
  `gh[pousr]_[A-Za-z0-9]{20,255}`,
  `github_pat_[A-Za-z0-9_]{20,255}`,
  `glpat-[A-Za-z0-9_-]{20,255}`,
  `npm_[A-Za-z0-9]{36}`,
  `${start}(?:hf_|gsk_|xai-|pplx-|[rs]k_live_)${notWords}[A-Za-z0-9]{20,255}`,
  `sk-ant-${notWords}[A-Za-z0-9_-]{16,${most}}`,
  `${start}sk-${notWords}[A-Za-z0-9_-]{20,${most}}`,
  `A(?:KIA|SIA)[0-9A-Z]{16}`,
  `xox[abeoprs]-[A-Za-z0-9-]{10,255}`,
  `AIza[A-Za-z0-9_-]{35}`,
  `${start}eyJ[A-Za-z0-9_-]{8,1024}\\.[A-Za-z0-9_-]{4,${most}}(?:\\.[A-Za-z0-9_-]{0,${most}})?`,
  `${start}[Bb]earer[ \\t]{1,8}${notWords}[A-Za-z0-9._~+/=-]{16,${most}}`,
];
const shape = new RegExp(shapes.join('|'), 'g');

/** Wrapped lines, also where they stand in JSON. */
const lineBreak = String.raw`(?:(?:\\{1,4}r)?\\{1,4}n|\r?\n)?`;

const placeholder = '[redacted]';

/** Text that was shortened, and may have been within a secret. */
const shortened = '…';
const shapeCut =
  /(?:gh[pousr]_|github_pat_|glpat-|npm_|hf_|gsk_|xai-|pplx-|[rs]k_live_|sk-(?:ant|proj)-|AKIA|ASIA|xox[abeoprs]-|AIza|eyJ)[A-Za-z0-9_.-]{4,}…$/;
/** Fewer characters of a value tell nothing. */
const fewest = 5;

/**
 * Takes secrets out of text: values that are known, in the encodings that they come in, and whatever has the shape of a key.
 * Every pattern is bounded, so that the time grows with the text alone.
 */
export class Redactor {
  readonly #known: RegExp | null;
  readonly #plain: readonly string[];
  /** Known values that go over several lines. */
  readonly #manyLines: readonly string[];

  constructor(values: readonly string[]) {
    const looked = values.map((value) => value.slice(0, mostValue));
    const plain = [...new Set(looked.flatMap(plainForms))].toSorted((a, b) => b.length - a.length);
    this.#plain = plain;
    const base64 = [...new Set(looked.flatMap(base64Forms))].map((form) =>
      [...form].map((sign) => literal(sign)).join(lineBreak),
    );
    const all = [...plain.map((form) => literal(form)), ...base64];
    this.#known = all.length === 0 ? null : new RegExp(all.join('|'), 'g');
    this.#manyLines = plain.filter((form) => form.includes('\n'));
  }

  text(text: string): string {
    const clean = this.#replace(text, () => placeholder);
    return clean.endsWith(shortened) ? this.#cutSecret(clean) : clean;
  }

  /** As long as it was, its lines where they were: for bytes, one character each, that keep their places. */
  mask(text: string): string {
    return this.#replace(text, maskOf);
  }

  /** Every string in plain data, but for names. */
  deep<T>(value: T): T {
    return this.#deep(value) as T;
  }

  /** For text that comes in pieces. */
  stream(how: 'text' | 'mask'): RedactedStream {
    const redact = (text: string): string => (how === 'text' ? this.text(text) : this.mask(text));
    return new RedactedStream({
      redact,
      manyLines: this.#manyLines,
      spans: (text) => this.#spans(text),
      wrapped: this.#known !== null,
    });
  }

  #replace(text: string, by: (secret: string) => string): string {
    const known = this.#known === null ? text : text.replace(this.#known, by);
    return known.replace(shape, by);
  }

  /** The beginning of a secret that stands where text was shortened. */
  #cutSecret(text: string): string {
    const kept = text.slice(0, -shortened.length);
    const beginnings = this.#plain.map((form) => {
      for (let length = Math.min(form.length, kept.length); length >= fewest; length -= 1) {
        if (kept.endsWith(form.slice(0, length))) return length;
      }
      return 0;
    });
    const longest = Math.max(0, ...beginnings);
    if (longest > 0) return `${kept.slice(0, -longest)}${placeholder}${shortened}`;
    return text.replace(shapeCut, `${placeholder}${shortened}`);
  }

  #spans(text: string): { start: number; end: number }[] {
    return [this.#known, shape].flatMap((pattern) =>
      pattern === null
        ? []
        : [...text.matchAll(pattern)].map(({ 0: found, index }) => ({
            start: index,
            end: index + found.length,
          })),
    );
  }

  #deep(value: unknown): unknown {
    if (typeof value === 'string') return this.text(value);
    if (Array.isArray(value)) return value.map((one) => this.#deep(one));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, this.#deep(one)]));
  }
}

/** A pattern that finds just this text. */
function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`);
}

function maskOf(secret: string): string {
  const head = secret.slice(0, placeholder.length);
  const stars = (text: string): string => text.replace(/[^\r\n]/g, '*');
  return head.length < placeholder.length || /[\r\n]/.test(head)
    ? stars(secret)
    : placeholder + stars(secret.slice(placeholder.length));
}
