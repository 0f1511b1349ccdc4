import { rm } from 'node:fs/promises';
import { findingsOf } from '../domain/check-result.ts';
import type { Finding } from '../domain/finding.ts';
import { groupFindings } from '../domain/grouping.ts';
import { firstLook, secondLook } from './check-tree.ts';
import type { World } from './context.ts';
import type { FixRequest, Preview } from './engine.ts';
import { contextOf, newRun, openProject } from './open-run.ts';

/** What a run would begin with: findings and planned tasks. Nothing is stored, nothing is started. */
export async function preview(world: World, request: FixRequest, signal: AbortSignal): Promise<Preview> {
  const opened = await openProject(world, request);
  const run = await newRun(world, opened, request);
  const context = contextOf(world, {
    ...opened,
    id: run.id,
    request: { options: run.options, env: run.env },
    signal,
  });
  const result = await firstLook(context, run.before, () => true)
    .then((look) => secondLook(context, run.before, look))
    .finally(() => rm(world.layout.run(run.id), { recursive: true, force: true }));
  const shown = (flaky: boolean) => (finding: Finding) => ({
    id: finding.id,
    check: finding.check,
    file: finding.file,
    line: finding.line,
    title: finding.title,
    flaky,
  });
  const confirmed = findingsOf(result);
  return {
    branch: run.branch,
    before: run.before,
    checks: result.checks.map(({ check, outcome, durationMs }) => ({
      name: check,
      command: run.options.checks.find(({ name }) => name === check)?.command ?? '',
      outcome,
      durationMs,
    })),
    findings: [
      ...confirmed.map(shown(false)),
      ...result.checks.flatMap((check) => check.flaky).map(shown(true)),
    ],
    tasks: groupFindings(confirmed, run.options.group).map(({ title, findings }) => ({
      title,
      findings: findings.map(({ id }) => id),
    })),
  };
}
