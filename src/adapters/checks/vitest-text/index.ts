import type { CheckFormat } from '../../../ports/check-format.ts';
import { parse } from './parse.ts';

/** What vitest prints where nobody could ask it for a report: behind a runner of several packages, mostly. */
export const vitestText: CheckFormat = { name: 'vitest-text', instrument: () => null, parse };
