import type { Report } from '../../api/contract/responses.ts';
import { formatDuration } from '../../lib/duration.ts';
import { quoted } from '../../lib/shell.ts';
import type { Meaning, Paint } from './paint.ts';
import { fit, oneLine } from './text-width.ts';
import { spentText } from './usage.ts';

type ReportTask = Report['tasks'][number];

const titleColumns = 70;

interface Place {
  /** The repository. */
  path: string;
  /** The folder in which the target branch is checked out, which may be another worktree; null: in none. */
  checkout: string | null;
}

/** The end of a run for people: how it stands, what landed, what remains and why, and where to look. */
export function summary(report: Report, { paint, ...place }: Place & { paint: Paint }): string[] {
  return [
    headline(report, paint),
    ...(report.usage === null ? [] : [spentText(report.usage)]),
    ...doneLines(report, paint),
    ...remainingLines(report, paint),
    ...flakyLines(report),
    ...heldLines(report, place, paint),
    ...whereToLook(report, place),
  ];
}

function headline(report: Report, paint: Paint): string {
  const { target, tasks, elapsedMs } = report;
  const branch = oneLine(target.branch);
  const took = `in ${formatDuration(elapsedMs)}`;
  const done = tasks.filter(({ state }) => state === 'done').length;
  const share = `${done} of ${tasks.length} ${tasks.length === 1 ? 'task' : 'tasks'} done`;
  const why = report.reason === null ? '' : `: ${oneLine(report.reason)}`;
  switch (report.outcome) {
    case 'green':
      return tasks.length === 0
        ? paint('good', `${branch} is green: there was nothing to do (${took}).`)
        : paint('good', `${branch} is green: ${share} ${took}.`);
    case 'remaining':
      return paint('attention', `${branch} is not green yet${why} (${share} ${took}).`);
    case 'stopped':
      return paint('attention', `Stopped, work saved: ${share} ${took}. Go on with: ao fix --resume`);
    case 'failed':
      return paint('bad', `The run failed${why} (${took}).`);
    case null:
      return `The run goes on: ${share} so far.`;
  }
}

function doneLines({ tasks, target }: Report, paint: Paint): string[] {
  const done = tasks.filter(({ state }) => state === 'done');
  if (done.length === 0) return [];
  const own = target.held === null ? 'landed' : 'tested';
  const lines = done.map((task) => {
    const word = stateWord(task.landed === null ? 'fixed' : own, 'good', paint);
    return `${word}${label(task)}  ${howDone(task)}`.trimEnd();
  });
  return ['', ...lines];
}

function howDone({ landed, reason }: ReportTask): string {
  if (landed !== null) return landed.commit.slice(0, 10);
  return oneLine(reason ?? '');
}

function remainingLines({ remaining }: Report, paint: Paint): string[] {
  if (remaining.length === 0) return [];
  const lines = remaining.flatMap((task) => {
    const needsYou = task.reason.startsWith('needs_you');
    const reason = oneLine(task.reason.replace(/^needs_you(: )?/, ''));
    const word = needsYou ? stateWord('needs you', 'attention', paint) : stateWord('open', 'plain', paint);
    return [`${word}${label(task)}`, ...(reason === '' ? [] : [`           ${reason}`])];
  });
  const [first] = remaining;
  const asked = remaining.some(({ reason }) => reason.startsWith('needs_you'));
  const answer = `Answer with: ao retry|accept|cancel TASK (ao logs ${first?.id.slice(0, 8)} shows what its agent did)`;
  return ['', ...lines, ...(asked ? [answer] : [])];
}

function flakyLines({ baseline }: Report): string[] {
  const flaky = baseline.findings.filter((finding) => finding.flaky);
  return flaky.length === 0
    ? []
    : [
        '',
        ...flaky.map(
          ({ check, title }) =>
            `flaky      ${oneLine(`${check}: ${title}`)} (comes and goes, given to nobody)`,
        ),
      ];
}

/** The user's checkout refused what was proved: it waits, and one command brings it in. */
function heldLines({ run, target }: Report, { path, checkout }: Place, paint: Paint): string[] {
  if (target.held === null) return [];
  const ref = `refs/ao/landed/${run}`;
  return [
    '',
    paint('attention', oneLine(`${target.branch} could not follow: ${target.held}`)),
    'The tested commits wait. Commit or put away what is in the way, then:',
    checkout === null
      ? `  git -C ${quoted(path)} fetch . ${quoted(`${ref}:refs/heads/${target.branch}`)}`
      : `  git -C ${quoted(checkout)} merge --ff-only ${ref}`,
  ];
}

function whereToLook({ run, target, tasks }: Report, { path, checkout }: Place): string[] {
  const after = target.held === null ? target.after : `refs/ao/landed/${run}`;
  const moved = target.held !== null || target.after !== target.before;
  const first = tasks.find(({ attempts }) => attempts.length > 0);
  const git = `git -C ${quoted(path)}`;
  const log = [
    `what landed    ${git} log --oneline ${target.before.slice(0, 10)}..${after.startsWith('refs/') ? after : after.slice(0, 10)}`,
  ];
  const diff = first === undefined ? [] : [`one task       ao diff ${first.id.slice(0, 8)}`];
  const before = `refs/ao/before/${run}`;
  const back = [
    checkout === null
      ? `the way back   ${git} branch --force ${quoted(target.branch)} ${before}`
      : `the way back   git -C ${quoted(checkout)} reset --keep ${before}`,
  ];
  const lines = [...(moved ? log : []), ...diff, ...(moved && target.held === null ? back : [])];
  return lines.length === 0 ? [] : ['', ...lines];
}

function stateWord(word: string, meaning: Meaning, paint: Paint): string {
  return paint(meaning, word) + ' '.repeat(11 - word.length);
}

function label({ id, title }: { id: string; title: string }): string {
  return `${id.slice(0, 8)}  ${fit(oneLine(title), titleColumns)}`;
}
