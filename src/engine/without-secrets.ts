import type { CheckResult } from '../domain/check-result.ts';
import type { Run } from '../domain/run.ts';
import { Redactor } from '../lib/redact.ts';
import { secretValues } from '../lib/secret-forms.ts';
import type { Checks } from '../ports/checks.ts';
import type { Store, Write } from '../ports/store.ts';
import type { World } from './context.ts';
import { withCommit } from './with-commit.ts';

export function redactorOf({
  env,
  agentEnv,
}: Pick<Run, 'env'> & { agentEnv?: Run['agentEnv'] | undefined }): Redactor {
  return new Redactor(secretValues({ ...env, ...agentEnv }));
}

/** The same world; what checks print, what is written down of a run and what is logged hold no secret of it. */
export function withoutSecrets<T extends Pick<World, 'store' | 'checks' | 'setup' | 'log'>>(
  world: T,
  redactor: Redactor,
): T {
  return {
    ...world,
    store: cleanStore(world.store, redactor),
    checks: cleanChecks(world.checks, redactor),
    setup: { prepare: (run) => world.setup.prepare({ ...run, redactor }) },
    log: (event, fields) => world.log(event, cleanFields(fields, redactor)),
  };
}

/** Fields that hold words of agents, checks and programs. What is told to an agent has to reach it as it was said. */
const wordy = new Set(['reason', 'title', 'problems', 'problem', 'claim', 'verdict', 'failure', 'findings']);

function cleanStore(store: Store, redactor: Redactor): Store {
  return withCommit(store, (writes, events) =>
    store.commit(
      writes.map((write) => cleanWrite(write, redactor)),
      events.map((event) => ({ ...event, body: redactor.deep(event.body) })),
    ),
  );
}

function cleanWrite(write: Write, redactor: Redactor): Write {
  const clean = (fields: object): object =>
    Object.fromEntries(
      Object.entries(fields).map(([name, value]) => [name, wordy.has(name) ? redactor.deep(value) : value]),
    );
  if (write.op === 'delete') return write;
  return (
    write.op === 'insert' ? { ...write, row: clean(write.row) } : { ...write, patch: clean(write.patch) }
  ) as Write;
}

/** Verdicts compare results, so they are clean from the start: what is stored and what is new look alike. */
function cleanChecks(checks: Checks, redactor: Redactor): Checks {
  return {
    run: async (run) => cleanResult(await checks.run({ ...run, redactor }), redactor),
    detect: (root) => checks.detect(root),
  };
}

function cleanResult(result: CheckResult, redactor: Redactor): CheckResult {
  const { findings, flaky, names, output } = result;
  return { ...result, ...redactor.deep({ findings, flaky, names, output }) };
}

function cleanFields(fields: Record<string, unknown>, redactor: Redactor): Record<string, unknown> {
  const entries = Object.entries(fields).map(([name, value]) => {
    if (!(value instanceof Error)) return [name, redactor.deep(value)] as const;
    const text = value.stack ?? value.message;
    const clean = redactor.text(text);
    return [name, clean === text ? value : clean] as const;
  });
  return Object.fromEntries(entries);
}
