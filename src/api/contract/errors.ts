/** Errors as the daemon sends and the command line prints them. */
export { AoError, exitCode } from '../../domain/errors.ts';
