import type { CheckFormat } from '../../../ports/check-format.ts';
import { instrument } from './instrument.ts';
import { parse } from './parse.ts';

/** The TypeScript compiler. */
export const tsc: CheckFormat = { name: 'tsc', instrument, parse };
