import type { CheckFormat } from '../../../ports/check-format.ts';
import { parse } from './parse.ts';

/** Programs that print a word and a name for each test. */
export const labelled: CheckFormat = { name: 'labelled', instrument: () => null, parse };
