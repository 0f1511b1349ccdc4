import { AoError } from '../domain/errors.ts';

/** False where an agent that is gone took nothing more; its end is seen where its output is followed. */
export async function unlessEnded(writing: Promise<unknown>): Promise<boolean> {
  return writing.then(
    () => true,
    (error: unknown) => {
      if (!(error instanceof AoError)) throw error;
      return false;
    },
  );
}
