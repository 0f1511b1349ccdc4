import type { CheckFormat } from '../../../ports/check-format.ts';
import { instrument } from './instrument.ts';
import { parse } from './parse.ts';

/** SARIF 2.1.0, which many linters and scanners write. */
export const sarif: CheckFormat = { name: 'sarif', instrument, parse };
