import type { Preview } from '../../api/contract/responses.ts';
import { formatDuration } from '../../lib/duration.ts';
import { columns } from './columns.ts';
import { oneLine } from './text-width.ts';

type PreviewFinding = Preview['findings'][number];

/** What a run would begin with: how the checks ended, and the tasks with their findings. */
export function previewLines(preview: Preview): string[] {
  const { branch, before, checks, findings, tasks } = preview;
  const confirmed = findings.filter(({ flaky }) => !flaky);
  const flaky = findings.filter((finding) => finding.flaky);
  const named = new Map(confirmed.map((finding) => [finding.id, finding]));
  const sum = `${many(confirmed.length, 'finding')}, ${many(tasks.length, 'task')}, ${flaky.length} flaky`;
  return [
    `${oneLine(branch)} at ${before.slice(0, 10)}: ${sum}`,
    '',
    ...columns(
      ['CHECK', 'OUTCOME', 'TIME', 'COMMAND'],
      checks.map(({ name, outcome, durationMs, command }) => [
        name,
        outcome.replaceAll('_', ' '),
        formatDuration(durationMs),
        command,
      ]),
    ),
    ...tasks.flatMap((task, index) => [
      '',
      `task ${index + 1}  ${oneLine(task.title)}`,
      ...task.findings.map((id) => `  ${findingLine(named.get(id), id)}`),
    ]),
    ...(flaky.length === 0 ? [] : ['', 'flaky (given to nobody)']),
    ...flaky.map((finding) => `  ${findingLine(finding, finding.id)}`),
  ];
}

function findingLine(finding: PreviewFinding | undefined, id: string): string {
  if (finding === undefined) return id;
  const { check, file, line, title } = finding;
  const place = file === null ? '' : `${file}${line === null ? '' : `:${line}`}`;
  return [check, place, title]
    .map(oneLine)
    .filter((part) => part !== '')
    .join('  ');
}

function many(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
