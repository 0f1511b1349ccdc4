import type { CheckFormat } from '../../../ports/check-format.ts';
import { instrument } from './instrument.ts';
import { parse } from './parse.ts';

/** What most compilers and linters have in common. */
export const fileLine: CheckFormat = { name: 'file-line', instrument, parse };
