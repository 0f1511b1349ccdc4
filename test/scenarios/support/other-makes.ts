import type { Files } from '../../support/repositories.ts';

/** What the agent knows: where its task names `about`, `from` in `file` has to become `to`. */
export interface Mend {
  about: string;
  file: string;
  from: string;
  to: string;
}

export interface Project {
  files: Files;
  mends: Mend[];
}

/** A node:test project whose code needs a package, which lies in the repository as an archive. */
export const nodeProject: Project = {
  files: {
    'package.json': `${JSON.stringify(
      {
        name: 'corner-shop',
        version: '1.0.0',
        private: true,
        type: 'module',
        scripts: { test: 'node --test' },
        dependencies: { 'round-cents': 'file:vendor/round-cents-1.0.0.tgz' },
      },
      null,
      2,
    )}\n`,
    '.gitignore': 'node_modules/\n*.log\n',
    ...nodeModule('tax', 'roundCents(amount * 0.1)', ['tax(50)', '10']),
    ...nodeModule('discount', 'roundCents(amount * 1.9)', ['discount(100)', '90']),
    ...nodeModule('shipping', 'amount > 100 ? 5 : 0', ['shipping(20)', '5']),
    ...nodeModule('total', 'roundCents(amount - 1)', ['total(3)', '4']),
    ...nodeModule('share', 'amount / 0', ['share(8)', '4']),
  },
  mends: [
    nodeMend('tax', '0.1)', '0.2)'),
    nodeMend('discount', '1.9)', '0.9)'),
    nodeMend('shipping', 'amount > 100', 'amount < 100'),
    nodeMend('total', 'amount - 1', 'amount + 1'),
    nodeMend('share', 'amount / 0', 'amount / 2'),
  ],
};

/** The package behind `round-cents-1.0.0.tgz`. */
export const roundCents: Files = {
  'package.json': '{"name":"round-cents","version":"1.0.0","type":"module","exports":"./index.js"}\n',
  'index.js': 'export const roundCents = (amount) => Math.round(amount * 100) / 100;\n',
};

function nodeModule(name: string, body: string, [call, right]: [string, string]): Files {
  return {
    [`src/${name}.js`]: [
      `import { roundCents } from 'round-cents';`,
      ``,
      `export function ${name}(amount) {`,
      `  return ${body};`,
      `}`,
      ``,
      `export const cent = roundCents(0.011);`,
      ``,
    ].join('\n'),
    [`test/${name}.test.js`]: [
      `import assert from 'node:assert/strict';`,
      `import { test } from 'node:test';`,
      `import { cent, ${name} } from '../src/${name}.js';`,
      ``,
      `test('${name} is right', () => {`,
      `  assert.equal(${call}, ${right});`,
      `});`,
      ``,
      `test('${name} knows a cent', () => {`,
      `  assert.equal(cent, 0.01);`,
      `});`,
      ``,
    ].join('\n'),
  };
}

function nodeMend(name: string, from: string, to: string): Mend {
  return { about: `${name} is right`, file: `src/${name}.js`, from, to };
}

/** A unittest project: four wrong results, and a module of tests that cannot be imported. */
export const pythonProject: Project = {
  files: {
    '.gitignore': '__pycache__/\n',
    'shop/__init__.py': '',
    'shop/text.py':
      'def shout(word):\n    return word.lower()\n\n\ndef initials(name):\n    return name[0]\n',
    'shop/dates.py': 'def is_leap(year):\n    return year % 4 == 0\n',
    'shop/stock.py': 'def left(stock, sold):\n    return stock + sold\n',
    'shop/money.py': 'def euros(cents):\n    return cents / 100\n',
    'tests/__init__.py': '',
    'tests/test_text.py': pythonTests('text', 'initials, shout', [
      ["shout('a')", "'A'"],
      ["initials('Ada Byron')", "'AB'"],
    ]),
    'tests/test_dates.py': pythonTests('dates', 'is_leap', [
      ['is_leap(2024)', 'True'],
      ['is_leap(1900)', 'False'],
    ]),
    'tests/test_stock.py': pythonTests('stock', 'left', [['left(5, 2)', '3']]),
    'tests/test_money.py': pythonTests('money', 'cents, euros', [
      ['euros(150)', '1.5'],
      ['cents(1.5)', '150'],
    ]),
  },
  mends: [
    { about: 'text_0', file: 'shop/text.py', from: 'word.lower()', to: 'word.upper()' },
    {
      about: 'text_1',
      file: 'shop/text.py',
      from: 'return name[0]',
      to: "return ''.join(part[0] for part in name.split())",
    },
    {
      about: 'dates_1',
      file: 'shop/dates.py',
      from: 'year % 4 == 0',
      to: 'year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)',
    },
    { about: 'stock_0', file: 'shop/stock.py', from: 'stock + sold', to: 'stock - sold' },
    {
      about: 'test_money',
      file: 'shop/money.py',
      from: 'return cents / 100\n',
      to: 'return cents / 100\n\n\ndef cents(euros):\n    return int(euros * 100)\n',
    },
  ],
};

function pythonTests(module: string, names: string, cases: [call: string, right: string][]): string {
  const tests = cases.map(
    ([call, right], index) =>
      `    def test_${module}_${index}(self):\n        self.assertEqual(${call}, ${right})\n`,
  );
  return `import unittest\nfrom shop.${module} import ${names}\n\n\nclass ${module.toUpperCase()}(unittest.TestCase):\n${tests.join('\n')}`;
}

/** Three programs of assertions; `make test` stops at the first that fails, so only one failure shows at a time. */
export const cProject: Project = {
  files: {
    '.gitignore': 'build/\n',
    Makefile: [
      'CFLAGS := -Wall -Wextra -Isrc',
      'PROGRAMS := build/test_text build/test_list build/test_sums',
      '',
      'test: $(PROGRAMS)',
      '\t./build/test_text',
      '\t./build/test_list',
      '\t./build/test_sums',
      '',
      'build/test_%: test/test_%.c src/%.c src/shop.h',
      '\t@mkdir -p build',
      '\t$(CC) $(CFLAGS) -o $@ test/test_$*.c src/$*.c',
      '',
      '.PHONY: test',
      '',
    ].join('\n'),
    'src/shop.h': [
      'int vowels(const char *word);',
      'int length(const char *word);',
      'int largest(const int *list, int count);',
      'int last(const int *list, int count);',
      'int sum(int from, int to);',
      '',
    ].join('\n'),
    'src/text.c': [
      '#include "shop.h"',
      '#include <string.h>',
      'int vowels(const char *word) {',
      '  int found = 0;',
      '  for (; *word; word++) found += strchr("aeio", *word) != 0;',
      '  return found;',
      '}',
      'int length(const char *word) { return (int)strlen(word) + 1; }',
      '',
    ].join('\n'),
    'src/list.c': [
      '#include "shop.h"',
      'int largest(const int *list, int count) {',
      '  int best = list[0];',
      '  for (int i = 1; i < count; i++) if (list[i] < best) best = list[i];',
      '  return best;',
      '}',
      'int last(const int *list, int count) { return list[count - 2]; }',
      '',
    ].join('\n'),
    'src/sums.c': [
      '#include "shop.h"',
      'int sum(int from, int to) {',
      '  int all = 0;',
      '  for (int i = from; i < to; i++) all += i;',
      '  return all;',
      '}',
      '',
    ].join('\n'),
    'test/test_text.c': cTests('', ['length("") == 0', 'vowels("ou") == 2']),
    'test/test_list.c': cTests('static const int list[] = {4, 9, 7};', [
      'largest(list, 3) == 9',
      'last(list, 3) == 7',
    ]),
    'test/test_sums.c': cTests('', ['sum(1, 1) >= 0', 'sum(1, 3) == 6']),
  },
  mends: [
    { about: 'length("")', file: 'src/text.c', from: 'strlen(word) + 1', to: 'strlen(word)' },
    { about: 'vowels("ou")', file: 'src/text.c', from: '"aeio"', to: '"aeiou"' },
    { about: 'largest(list, 3)', file: 'src/list.c', from: '< best', to: '> best' },
    { about: 'last(list, 3)', file: 'src/list.c', from: 'count - 2', to: 'count - 1' },
    { about: 'sum(1, 3)', file: 'src/sums.c', from: 'i < to', to: 'i <= to' },
  ],
};

function cTests(before: string, assertions: string[]): string {
  return [
    '#include <assert.h>',
    '#include <stdio.h>',
    '#include "shop.h"',
    before,
    'int main(void) {',
    ...assertions.map((assertion) => `  assert(${assertion});`),
    '  puts("all good");',
    '  return 0;',
    '}',
    '',
  ].join('\n');
}

/** Reads TASK.md, as people would tell it; `$1` is the list of mends, as patterns of sed. */
export const shellAgent = `#!/bin/sh
while IFS='|' read -r about file from to; do
  if grep -qF -- "$about" TASK.md; then
    sed "s|$from|$to|" "$file" > "$AO_ARTIFACTS_DIR/new" && cat "$AO_ARTIFACTS_DIR/new" > "$file"
    echo "mended $file: $about"
  fi
done < "$1"
echo "TASK COMPLETE: mended what was asked"
`;

/** Reads the list of findings; the argument is the list of mends. */
export const pythonAgent = `import json, os, sys

mends = json.load(open(sys.argv[1]))
asked = [str(f["file"]) + " " + f["title"] for f in json.load(open(os.environ["AO_FINDINGS_FILE"]))]
for mend in mends:
    if any(mend["about"] in finding for finding in asked):
        with open(mend["file"]) as file:
            text = file.read()
        with open(mend["file"], "w") as file:
            file.write(text.replace(mend["from"], mend["to"]))
        print("mended", mend["file"])
print("TASK COMPLETE: mended what was asked")
`;
