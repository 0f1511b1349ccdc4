import type { CheckFormat } from '../../../ports/check-format.ts';
import { instrument } from './instrument.ts';
import { parse } from './parse.ts';

export const eslint: CheckFormat = { name: 'eslint', instrument, parse };
