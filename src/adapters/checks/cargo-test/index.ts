import type { CheckFormat } from '../../../ports/check-format.ts';
import { instrument } from './instrument.ts';
import { parse } from './parse.ts';

/** What `cargo test` prints: messages of the compiler, or tests by name. Its JSON is not in a stable release. */
export const cargoTest: CheckFormat = { name: 'cargo-test', instrument, parse };
