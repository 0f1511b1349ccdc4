import type { CheckFormat } from '../../../ports/check-format.ts';
import { instrument } from './instrument.ts';
import { parse } from './parse.ts';

/** The events of `go test -json`. */
export const goTest: CheckFormat = { name: 'go-test', instrument, parse };
