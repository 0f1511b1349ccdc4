import type { RunView } from '../../api/contract/responses.ts';
import { elapsed } from './elapsed.ts';
import type { Paint } from './paint.ts';
import { isDone } from './phases.ts';
import { taskTable } from './task-table.ts';
import { fit, oneLine } from './text-width.ts';

export interface Screen {
  columns: number;
  /** Lines of the terminal. */
  rows: number;
  now: number;
  paint: Paint;
  /** Below everything: what the keys do, or a question. */
  footer: string;
}

const mostQueueLines = 4;

/** The whole picture of a run, as lines that fit the terminal. */
export function runScreen(view: RunView, screen: Screen): string[] {
  const { columns } = screen;
  const room = Math.max(1, screen.rows - 1); // the cursor stands on the last line
  const head = headLines(view, screen);
  const footer = screen.footer === '' ? [] : [fit(screen.footer, columns)];
  const queue = queueLines(view, screen);
  const spaced = room >= 12;
  const blank = spaced ? [''] : [];
  const left = room - head.length - footer.length - (spaced ? 2 : 0);
  const queueRoom = Math.min(queue.length, Math.max(0, Math.floor(left / 3)));
  const shownQueue = queueRoom === 0 ? [] : [...blank, ...queue.slice(0, queueRoom)];
  const table = taskTable(view.tasks, { ...screen, rows: left - shownQueue.length });
  const body = [...head, ...(table.length > 0 ? blank : []), ...table, ...shownQueue];
  const shown = body.slice(0, room - footer.length);
  return [...shown, ...(footer.length > 0 && shown.length + 2 <= room ? blank : []), ...footer];
}

/** The same without a terminal's height: every task, nothing cut off below. */
export function runLines(view: RunView, space: Omit<Screen, 'rows' | 'footer'>): string[] {
  const screen = { ...space, rows: Number.POSITIVE_INFINITY, footer: '' };
  return [...headLines(view, screen), ...taskTable(view.tasks, screen), ...queueLines(view, screen)];
}

function headLines(view: RunView, { columns, now, paint, rows }: Screen): string[] {
  const time = elapsed(view.createdAt, view.endedAt, now);
  const title = fit(
    `ao fix  ${oneLine(view.branch)} · ${time} · run ${view.id} · ${oneLine(view.path)}`,
    columns,
  );
  const facts = fit(factsOf(view), columns);
  const activity = fit(oneLine(view.activity), columns);
  return rows < 6 ? [paint('active', activity)] : [paint('strong', title), paint('active', activity), facts];
}

function factsOf(view: RunView): string {
  const landed = view.tasks.filter(isDone).length;
  const waiting = view.tasks.filter(({ phase }) => phase === 'needs_you').length;
  return [
    ...(view.round > 0 ? [`round ${view.round} of ${view.maxRounds}`] : []),
    `${view.findings} ${view.findings === 1 ? 'finding' : 'findings'}`,
    ...(view.flaky > 0 ? [`${view.flaky} flaky`] : []),
    ...(view.tasks.length > 0 ? [`landed ${landed} of ${view.tasks.length}`] : []),
    ...(waiting > 0 ? [`${waiting} ${waiting === 1 ? 'needs' : 'need'} you`] : []),
  ].join(' · ');
}

function queueLines(view: RunView, { columns, paint }: Screen): string[] {
  const { entries, activity } = view.queue;
  if (entries.length === 0 && activity === null) return [];
  const head = `QUEUE  ${activity === null ? `${entries.length} waiting` : oneLine(activity)}`;
  const lines = entries.map(
    ({ title, state }, index) =>
      `${String(index + 1).padStart(3)}. ${state === 'landing' ? 'landing: ' : ''}${oneLine(title)}`,
  );
  const shown = lines.length <= mostQueueLines ? lines : lines.slice(0, mostQueueLines - 1);
  const more = lines.length - shown.length;
  return [
    paint('quiet', fit(head, columns)),
    ...shown.map((line) => fit(line, columns)),
    ...(more > 0 ? [fit(`   … and ${more} more`, columns)] : []),
  ];
}
