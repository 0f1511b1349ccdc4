import { AoError } from '../../api/contract/errors.ts';
import { closest } from '../../lib/closest.ts';

/** An error about `word` that names the candidate it was probably meant to be. */
export function usageError(message: string, word: string, candidates: readonly string[]): AoError {
  const near = closest(word, candidates);
  return new AoError(
    'usage',
    message,
    near === null ? 'See: ao --help' : `Did you mean "${near}"? See: ao --help`,
  );
}
