/**
 * What a piece of text means, shown by colour where there is colour. The eight basic colours are the terminal's own, so
 * they are legible on its background; yellow and blue are not used because one of them is lost on white, the other on black.
 */
export type Meaning = 'plain' | 'strong' | 'quiet' | 'good' | 'bad' | 'active' | 'attention';

export type Paint = (meaning: Meaning, text: string) => string;

const codes: Record<Meaning, readonly [string, string] | null> = {
  plain: null,
  strong: ['1', '22'],
  quiet: ['2', '22'],
  good: ['32', '39'],
  bad: ['31', '39'],
  active: ['36', '39'],
  attention: ['1;35', '22;39'],
};

export function makePaint(colour: boolean): Paint {
  return (meaning, text) => {
    const code = codes[meaning];
    if (!colour || code === null || text === '') return text;
    return `\x1b[${code[0]}m${text}\x1b[${code[1]}m`;
  };
}

/** The text of a painted line. */
export function stripPaint(line: string): string {
  // oxlint-disable-next-line no-control-regex -- the escape character is what is looked for
  return line.replace(/\x1b\[[\d;]*m/g, '');
}
