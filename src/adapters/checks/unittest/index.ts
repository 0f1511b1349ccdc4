import type { CheckFormat } from '../../../ports/check-format.ts';
import { instrument } from './instrument.ts';
import { parseRecords } from './parse.ts';
import { parseText } from './parse-text.ts';

/** Python's unittest, also where Django or a script of the project runs it. */
export const unittest: CheckFormat = {
  name: 'unittest',
  instrument,
  parse: (output) => parseRecords(output) ?? parseText(output),
};
