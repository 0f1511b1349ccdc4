import type { Step } from '../../../src/adapters/agents/scripted/script.ts';
import type { Files } from '../../support/repositories.ts';

/** A small module with one test in a file of its own: `right` is what the function has to return. */
export function moduleFiles(name: string, returns: string, right: string): Files {
  return {
    [`src/${name}.mjs`]: `export function ${name}() {\n  return ${returns};\n}\n`,
    [`test/${name}.test.mjs`]: [
      `import assert from 'node:assert/strict';`,
      `import { test } from 'node:test';`,
      `import { ${name} } from '../src/${name}.mjs';`,
      ``,
      `test('${name} is ${right}', () => {`,
      `  assert.equal(${name}(), ${right});`,
      `});`,
      ``,
    ].join('\n'),
  };
}

/** Modules that all return 0 and should return 1, 2, 3, … */
export function redModules(names: readonly string[]): Files {
  return Object.assign({}, ...names.map((name, index) => moduleFiles(name, '0', String(index + 1))));
}

/** What an honest agent does about one of `redModules`. */
export function honestFix(name: string, right: number): Step {
  return { replace: { file: `src/${name}.mjs`, from: 'return 0;', to: `return ${right};` } };
}

/** Stands for a colleague who commits to the user's branch while an agent works: what is changed there, or nothing. */
export function colleagueCommits(repository: string): Step {
  const identity = ['-c', 'user.name=C', '-c', 'user.email=c@x'];
  const commit = ['commit', '--allow-empty', '--quiet', '--all', '--message=theirs'];
  return { run: ['git', '-C', repository, ...identity, ...commit] };
}
