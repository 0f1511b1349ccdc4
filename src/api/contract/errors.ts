/** Errors as the daemon sends and the command line prints them. */
export { AoError, type ErrorCode, exitCode } from '../../domain/errors.ts';
