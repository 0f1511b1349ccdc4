import { makeRepository, type TestRepository } from '../../test/support/repositories.ts';

/** `01`, `02`, … */
export function itemNames(count: number): string[] {
  return Array.from({ length: count }, (_, index) => String(index + 1).padStart(2, '0'));
}

export const checkItems = 'sh check.sh';

/**
 * A repository with so many red items, each a file of its own, and a check that takes `seconds` and next to no CPU: what
 * is measured is ao, not a test runner. A file `broken` makes one more test fail.
 */
export function itemsRepository(count: number, seconds: number): Promise<TestRepository> {
  const check = [
    `sleep ${seconds}`,
    `echo 1..${count + 1}; bad=0`,
    'say() { if [ "$1" = green ]; then echo "ok - $2 is green"; else echo "not ok - $2 is green"; bad=1; fi; }',
    'for file in items/*; do read -r colour <"$file"; say "$colour" "item ${file#items/}"; done',
    'if [ -e broken ]; then say red "the whole"; else say green "the whole"; fi',
    'exit $bad',
    '',
  ].join('\n');
  const items = itemNames(count).map((name) => [`items/${name}`, 'red\n']);
  return makeRepository({ files: { 'check.sh': check, ...Object.fromEntries(items) } });
}
