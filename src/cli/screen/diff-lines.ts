import { cleanText } from '../../lib/clean-text.ts';
import type { Meaning, Paint } from './paint.ts';

/** A unified diff for eyes: cleaned of control sequences, with colour where there is colour. */
export function diffForTerminal(diff: string, paint: Paint): string {
  return cleanText(diff)
    .split('\n')
    .map((line) => paint(meaningOf(line), line))
    .join('\n');
}

function meaningOf(line: string): Meaning {
  if (/^(diff |index |--- |\+\+\+ |(new|deleted) file|(old|new) mode|similarity|rename |copy )/.test(line))
    return 'strong';
  if (line.startsWith('@@')) return 'active';
  if (line.startsWith('+')) return 'good';
  return line.startsWith('-') ? 'bad' : 'plain';
}
