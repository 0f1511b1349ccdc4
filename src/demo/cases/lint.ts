import { anyTry, type Case, done, rule, thinking } from '../case.ts';
import { type Facts, unexpected } from '../facts.ts';

const source = 'src/newsletter.js';

/** What a linter finds is work like any other. */
export const lint: Case = {
  name: 'lint',
  title: 'findings of the linter',
  files: {
    [source]: `export function greet(customer) {
  const polite = true;
  debugger;
  return 'Dear ' + customer.name;
}
`,
  },
  rules: [
    rule(source, anyTry, [
      ...thinking('Tidying up', 800),
      {
        write: {
          file: source,
          text: `export function greet(customer) {
  return 'Dear ' + customer.name;
}
`,
        },
      },
      done,
    ]),
  ],
  judge(facts: Facts) {
    const task = facts.task(source);
    const count = task?.findings.length ?? 0;
    if (task === null || task.landed === null || count !== 2) return unexpected(task);
    return { ok: true, detail: `Both findings in ${source} became one task and were fixed in one commit.` };
  },
};
