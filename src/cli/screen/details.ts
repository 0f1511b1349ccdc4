import type { Report, Resources, RunView, SessionView, TaskView } from '../../api/contract/responses.ts';
import { cleanText } from '../../lib/clean-text.ts';
import { elapsed, wholeSeconds } from './elapsed.ts';
import type { Paint } from './paint.ts';
import { phaseOf } from './phases.ts';
import { oneLine } from './text-width.ts';
import { resourcesText, usageText } from './usage.ts';

const EVIDENCE_LINES = 12;

type ReportTask = Report['tasks'][number];
type ReportAttempt = ReportTask['attempts'][number];

interface Told {
  run: RunView;
  task: TaskView;
  report: Report;
}

/** Everything that is known of one task: its findings, its attempts with what the gate said, and what to do about it. */
export function taskDetails(
  { run, task, report }: Told,
  { now, paint }: { now: number; paint: Paint },
): string[] {
  const told = report.tasks.find(({ id }) => id === task.id);
  const { word, meaning } = phaseOf(task);
  const reason = task.reason === null || task.reason === task.phase ? '' : `: ${oneLine(task.reason)}`;
  return [
    `task ${task.id}  ${oneLine(task.title)}`,
    `${field('run')}${run.id} · ${oneLine(run.branch)} · ${oneLine(run.path)}`,
    `${field('state')}${paint(meaning, word)}${reason}`,
    ...(task.phase === 'asking' ? [`${field('asks')}${oneLine(task.lastLine ?? '')}`] : []),
    ...(told === undefined || told.landed === null ? [] : [`${field('landed')}${told.landed.commit}`]),
    ...findingLines(told),
    ...(told?.attempts ?? []).flatMap((attempt) => attemptLines(attempt, now)),
    ...(told === undefined || told.attempts.length === 0 ? [] : ['', lookAt(task)]),
    ...(task.phase === 'asking' ? [`answer: ao approve|deny ${task.id.slice(0, 8)}`] : []),
    ...(task.phase === 'needs_you' ? [`answer: ao retry|accept|cancel ${task.id.slice(0, 8)}`] : []),
  ];
}

function lookAt({ id }: TaskView): string {
  return `look: ao diff ${id.slice(0, 8)}, ao logs ${id.slice(0, 8)}`;
}

function findingLines(task: ReportTask | undefined): string[] {
  return (task?.findings ?? []).map(({ check, file, line, title }) => {
    const place = file === null ? '' : `${file}${line === null ? '' : `:${line}`}`;
    const parts = [check, place, title].map(oneLine).filter((part) => part !== '');
    return `${field('finding')}${parts.join('  ')}`;
  });
}

function attemptLines(attempt: ReportAttempt, now: number): string[] {
  const { number, session, agent, account, startedAt, endedAt, outcome, reason, claim, evidence } = attempt;
  const how = oneLine((outcome ?? 'under way').replaceAll('_', ' '));
  const time = elapsed(startedAt, endedAt, now);
  const who = account === '' ? agent : `${agent}/${account}`;
  return [
    `${field(`attempt ${number}`)}${how} · ${time} · ${oneLine(who)} · ${session}`,
    ...(reason === null ? [] : [`${field('')}${oneLine(reason)}`]),
    ...(claim === null ? [] : [`${field('')}it said of itself: ${oneLine(claim)}`]),
    ...evidence.flatMap(({ detail }) => evidenceLines(detail)),
  ];
}

/** The beginning of what a verdict rests on; the whole of it is in the JSON. */
function evidenceLines(detail: string | null): string[] {
  const lines = cleanText(detail ?? '')
    .split('\n')
    .filter((line) => line.trim() !== '');
  const more =
    lines.length > EVIDENCE_LINES
      ? [`${field('')}  … (${lines.length - EVIDENCE_LINES} more lines: --json)`]
      : [];
  return [...lines.slice(0, EVIDENCE_LINES).map((line) => `${field('')}  │ ${oneLine(line)}`), ...more];
}

export function sessionDetails(
  session: SessionView & { resources: Resources | null },
  now: number,
): string[] {
  const { state, outcome, pid, terminal, resources } = session;
  const time = elapsed(session.startedAt, session.endedAt, now);
  return [
    `session ${session.id}  ${oneLine(session.title)}`,
    `${field('state')}${outcome ?? state}${pid === null ? '' : ` (process ${pid})`} · ${time}`,
    ...statusLines(session),
    `${field('agent')}${oneLine(`${session.agent}/${session.account}`)}${session.takenUp ? ', in the conversation of the attempt before' : ''}`,
    `${field('usage')}${usageText(session.usage)}`,
    ...(state === 'running' ? [`${field('uses')}${resources ? resourcesText(resources) : 'unknown'}`] : []),
    `${field('run')}${session.run}`,
    `${field('task')}${session.task}`,
    `${field('branch')}${session.branch}`,
    `${field('workspace')}${oneLine(session.workspace)}`,
    `${field('log')}${oneLine(session.log)}`,
    ...(terminal === null ? [] : [`${field('terminal')}ao attach ${session.id}`]),
    ...(session.lastLine === null ? [] : [`${field('last line')}${oneLine(session.lastLine)}`]),
  ];
}

/** What it is doing, the fact that this rests on, where that is from and how old it is; and what it asks. */
function statusLines({ id, state, status, asks }: SessionView): string[] {
  if (state === 'ended') return [];
  const age = `${wholeSeconds(status.ageMs)} ago`;
  const word = status.state.replaceAll('_', ' ');
  return [
    `${field('status')}${word}: ${oneLine(status.because)} (${status.source}, ${age})`,
    ...asks.map(({ title }) => `${field('asks')}${oneLine(title)}`),
    ...(asks.length > 0 ? [`${field('answer')}ao approve ${id}, ao deny ${id}`] : []),
  ];
}

function field(name: string): string {
  return `  ${name.padEnd(11)}`;
}
