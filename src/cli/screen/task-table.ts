import type { TaskView } from '../../api/contract/responses.ts';
import { elapsed } from './elapsed.ts';
import type { Meaning, Paint } from './paint.ts';
import { countPhases, isBusy, isDone, phaseOf } from './phases.ts';
import { column, fit, oneLine, textWidth } from './text-width.ts';

interface Column {
  head: string;
  width: number;
  cell(task: TaskView): { text: string; meaning: Meaning };
}

export interface TableSpace {
  columns: number;
  /** Lines that the table may take, its head included. */
  rows: number;
  now: number;
  paint: Paint;
}

const gap = 2;
const stateWidth = 9;

/** Tasks in the order of the board; when not all fit, those where something happens stay and the others are counted. */
export function taskTable(tasks: readonly TaskView[], space: TableSpace): string[] {
  if (tasks.length === 0 || space.rows <= 0) return [];
  const withHead = space.columns >= 40 && space.rows >= 3;
  const room = space.rows - (withHead ? 1 : 0);
  const shown = tasks.length <= room ? tasks : mostUrgent(tasks, Math.max(0, room - 1));
  const columns = chooseColumns(tasks, space);
  const head = columns.map(({ head: text, width }) => column(text, width)).join(' '.repeat(gap));
  const hidden = tasks.filter((task) => !shown.includes(task));
  return [
    ...(withHead ? [space.paint('quiet', fit(head.trimEnd(), space.columns))] : []),
    ...shown.map((task) => rowOf(task, columns, space.paint)),
    ...(hidden.length > 0 ? [space.paint('quiet', fit(`… and ${countPhases(hidden)}`, space.columns))] : []),
  ];
}

function mostUrgent(tasks: readonly TaskView[], count: number): TaskView[] {
  const ranked = tasks.toSorted((a, b) => phaseOf(a).rank - phaseOf(b).rank);
  const kept = new Set(ranked.slice(0, count));
  return tasks.filter((task) => kept.has(task));
}

function rowOf(task: TaskView, columns: readonly Column[], paint: Paint): string {
  const last = columns.length - 1;
  const cells = columns.map(({ width, cell }, index) => {
    const { text, meaning } = cell(task);
    const fitted = fit(text, width);
    const filling = index === last ? '' : ' '.repeat(width - textWidth(fitted) + gap);
    return paint(meaning, fitted) + filling;
  });
  return cells.join('').trimEnd();
}

/** Every column where there is room; on a narrow screen those go first that one can do without. */
function chooseColumns(tasks: readonly TaskView[], { columns, now }: TableSpace): Column[] {
  const state: Column = { head: 'STATE', width: stateWidth, cell: stateCell };
  if (columns < 40) {
    const rest = columns - stateWidth - gap;
    if (rest < 4) return [{ ...state, width: Math.max(1, columns) }];
    return [state, titleColumn(rest)];
  }
  const optional = [
    fixed('TIME', tasks, (task) => ({ text: timeOf(task, now), meaning: 'quiet' }), 7),
    fixed('TRY', tasks, (task) => ({ text: tryOf(task), meaning: 'quiet' }), 5),
    fixed('AGENT', tasks, (task) => ({ text: oneLine(task.agent ?? ''), meaning: 'plain' }), 14),
  ];
  const kept: Column[] = [];
  let rest = columns - stateWidth - gap;
  for (const one of optional) {
    if (rest - one.width - gap < 28) break;
    kept.push(one);
    rest -= one.width + gap;
  }
  const [time, tries, agent] = kept;
  const middle = [state, tries, agent, time].filter((one) => one !== undefined);
  if (rest < 44) return [titleColumn(rest), ...middle];
  const longest = Math.max(...tasks.map(({ title }) => textWidth(oneLine(title))));
  const title = Math.min(longest, Math.max(24, Math.floor(rest * 0.5)));
  return [titleColumn(title), ...middle, lineColumn(rest - title - gap)];
}

function titleColumn(width: number): Column {
  return {
    head: 'TASK',
    width,
    cell: (task) => ({ text: oneLine(task.title), meaning: isDone(task) ? 'quiet' : 'plain' }),
  };
}

/** What the agent said last while it works, afterwards why the task is where it is. */
function lineColumn(width: number): Column {
  return {
    head: 'LAST LINE',
    width,
    cell: (task) => {
      const text = isBusy(task) ? (task.lastLine ?? task.reason) : (task.reason ?? '');
      return { text: oneLine(text ?? ''), meaning: task.phase === 'needs_you' ? 'plain' : 'quiet' };
    },
  };
}

function fixed(head: string, tasks: readonly TaskView[], cell: Column['cell'], most: number): Column {
  const longest = Math.max(head.length, ...tasks.map((task) => textWidth(cell(task).text)));
  return { head, width: Math.min(longest, most), cell };
}

function stateCell(task: TaskView): { text: string; meaning: Meaning } {
  const { word, meaning } = phaseOf(task);
  return { text: word, meaning };
}

function timeOf(task: TaskView, now: number): string {
  if (task.phase === 'waiting' && task.attempt === 0) return '';
  return elapsed(task.startedAt, task.endedAt, now);
}

function tryOf(task: TaskView): string {
  return task.attempt === 0 ? '' : `${task.attempt}/${task.attemptsAllowed}`;
}
