import type { CheckFormat } from '../../../ports/check-format.ts';
import { instrument } from './instrument.ts';
import { parse } from './parse.ts';

/** The Test Anything Protocol. */
export const tap: CheckFormat = { name: 'tap', instrument, parse };
