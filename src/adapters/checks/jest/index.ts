import type { CheckFormat } from '../../../ports/check-format.ts';
import { instrument } from './instrument.ts';
import { parse } from './parse.ts';

/** The JSON report of jest; vitest can write the same. */
export const jest: CheckFormat = { name: 'jest', instrument, parse };
