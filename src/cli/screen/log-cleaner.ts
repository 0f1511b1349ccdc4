import { cleanText } from '../../lib/clean-text.ts';

const longestLine = 64 * 1024;

/** Turns what an agent wrote into lines that cannot steer a terminal; of a line that was overwritten, the last version. */
export class LogCleaner {
  readonly #decoder = new TextDecoder();
  #rest = '';

  take(bytes: Uint8Array): string {
    this.#rest += this.#decoder.decode(bytes, { stream: true });
    const lines = this.#rest.split('\n');
    this.#rest = lines.pop() ?? '';
    if (this.#rest.length > longestLine) {
      lines.push(this.#rest);
      this.#rest = '';
    }
    return lines.map((line) => `${visible(line)}\n`).join('');
  }

  /** What stands in the last, unfinished line. */
  end(): string {
    const rest = this.#rest + this.#decoder.decode();
    this.#rest = '';
    return rest === '' ? '' : `${visible(rest)}\n`;
  }
}

function visible(line: string): string {
  const versions = line.split('\r').map(cleanText);
  return versions.findLast((version) => version.trim() !== '') ?? '';
}
