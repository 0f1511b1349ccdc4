import { nameOf, pathsOf, type Rule, violation } from './rule.ts';

// `-diff` and `!merge` unset an attribute and run nothing; a macro may hide any of them.
const runsSomething =
  /(?:^|\s)(?:filter|diff|merge|working-tree-encoding)=|^\s*\[attr\]|(?:^|\s)filter(?:\s|$)/;

/** Nothing that makes git run a program, or fetch from elsewhere, where the change is checked out. */
export const gitAttributes: Rule = {
  name: 'git-attributes',
  check({ files }) {
    const attributes = files.filter(({ path }) => nameOf(path) === '.gitattributes');
    const sources = files.filter((file) =>
      pathsOf(file).some((path) => nameOf(path) === '.gitmodules' || nameOf(path) === '.lfsconfig'),
    );
    return [
      ...violation(
        '.gitattributes may not name a filter, a diff driver or a merge driver.',
        attributes
          .filter(({ added }) => added.some((line) => runsSomething.test(line)))
          .map(({ path }) => path),
      ),
      ...violation('Submodules and LFS servers may not be changed.', sources.flatMap(pathsOf)),
    ];
  },
};
