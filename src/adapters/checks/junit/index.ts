import type { CheckFormat } from '../../../ports/check-format.ts';
import { instrument } from './instrument.ts';
import { parse } from './parse.ts';

/** JUnit XML: pytest, vitest, mocha and whoever else writes it into our report directory. */
export const junit: CheckFormat = { name: 'junit', instrument, parse };
