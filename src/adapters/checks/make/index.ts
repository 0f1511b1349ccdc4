import type { CheckFormat } from '../../../ports/check-format.ts';
import { instrument } from './instrument.ts';
import { type InnerFormats, parse } from './parse.ts';

/** GNU make, with other formats inside of its recipes. */
export function makeSteps(inner: InnerFormats): CheckFormat {
  return { name: 'make', instrument, parse: (output) => parse(output, inner) };
}
