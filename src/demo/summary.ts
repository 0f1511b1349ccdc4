import { dirname } from 'node:path';
import type { Paint } from '../cli/screen/paint.ts';
import { fit } from '../cli/screen/text-width.ts';
import { formatDuration } from '../lib/duration.ts';
import { quoted } from '../lib/shell.ts';
import type { DemoResult, Kept } from './run-demo.ts';

export interface Paper {
  columns: number;
  paint: Paint;
  /** How `ao` is called from here: `./ao`. */
  program: string;
}

const widest = 100;

/** What happened, in plain words, and what to type next. */
export function summary(result: DemoResult, paper: Paper): string[] {
  return [
    ...headline(result, paper),
    '',
    ...result.cases.flatMap((each) => caseLines(each, paper)),
    '',
    ...commitLines(result, paper),
    '',
    ...placeLines(result.kept, paper.program),
    '',
    ...nextLines(paper),
  ];
}

function headline({ ok, report, commits }: DemoResult, { paint }: Paper): string[] {
  const findings = report.baseline.findings.length;
  const tasks = report.tasks.length;
  const took = formatDuration(report.elapsedMs);
  if (ok) {
    return [
      paint(
        'good',
        `From red to green in ${took}: ${findings} findings, ${tasks} tasks, nothing red ever landed.`,
      ),
    ];
  }
  const left = commits.at(-1)?.failing ?? findings;
  const why = report.reason === null ? '' : ` (${report.reason})`;
  const state = report.ok
    ? 'The repository is green, but not all went as promised.'
    : 'The repository is not green.';
  return [paint('bad', `${state} ${left} of ${findings} findings are left after ${took}${why}.`)];
}

function caseLines({ ok, title, detail }: DemoResult['cases'][number], { columns, paint }: Paper): string[] {
  const head = `${ok ? paint('good', 'ok  ') : paint('bad', 'NOT ')}${paint('strong', capital(title))}`;
  return [head, ...wrap(detail, Math.min(columns, widest) - 4).map((line) => `    ${line}`)];
}

function commitLines({ commits, everGreener }: DemoResult, { columns, paint }: Paper): string[] {
  const room = Math.min(columns, widest);
  const head = everGreener
    ? 'Every commit on main, checked out and tested by itself, has fewer failures than the one before:'
    : 'The commits on main, each tested by itself, do not get greener one by one:';
  const lines = commits.map(({ commit, subject, failing }) =>
    fit(`  ${commit.slice(0, 10)}  ${String(failing).padStart(2)} failing  ${subject}`, room),
  );
  return [...wrap(head, room).map((line) => paint(everGreener ? 'plain' : 'bad', line)), ...lines];
}

/** Where everything is. */
export function placeLines(kept: Kept | null, program: string): string[] {
  if (kept === null)
    return [`Everything that the demo made is removed again; ${program} demo --keep leaves it.`];
  return [
    'The repository and the data of this demo were kept:',
    `  git -C ${quoted(kept.repository)} log --graph`,
    `  AO_HOME=${quoted(kept.home)} ${program} status`,
    `  rm -r ${quoted(dirname(kept.repository))}    # when you have seen enough`,
  ];
}

function nextLines({ columns, paint, program }: Paper): string[] {
  const any = 'Any program will do that reads a task on its standard input and edits the files around it.';
  return [
    paint('strong', 'Now with a repository of your own, and the agent that you have:'),
    `  ${program} fix path/to/repository --agent claude-code`,
    ...wrap(any, Math.min(columns, widest)),
    'What it would work on, without any agent:',
    `  ${program} fix path/to/repository --dry-run`,
  ];
}

/** Lines of whole words. */
function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= columns)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
