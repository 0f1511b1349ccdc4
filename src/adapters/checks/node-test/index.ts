import type { CheckFormat } from '../../../ports/check-format.ts';
import { instrument } from './instrument.ts';
import { parse } from './parse.ts';

/** Node's own test runner, with or without its command line. */
export const nodeTest: CheckFormat = { name: 'node-test', instrument, parse };
