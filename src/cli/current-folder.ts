import { AoError } from '../api/contract/errors.ts';

/** Where the person is; somebody may have removed it meanwhile. */
export function currentFolder(): string {
  try {
    return process.cwd();
  } catch (error) {
    throw new AoError(
      'usage',
      'the folder that you are in has been removed',
      'Go to one that exists: cd PATH',
      { cause: error },
    );
  }
}
