import { matchesGlob } from '../../lib/glob.ts';
import { pathsOf, type Rule, violation } from './rule.ts';

/** Only what the run was asked to touch. */
export const scope: Rule = {
  name: 'scope',
  check({ files }, context) {
    const glob = context.scope;
    if (glob === null) return [];
    const outside = files.flatMap(pathsOf).filter((path) => !matchesGlob(glob, path));
    return violation(`The change leaves the scope ${glob}.`, outside);
  },
};
