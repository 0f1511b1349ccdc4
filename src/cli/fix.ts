import { connect, type Client } from '../api/client.ts';
import { exitCode } from '../api/contract/errors.ts';
import type { Report } from '../api/contract/responses.ts';
import { checkedOutAt } from './checked-out-at.ts';
import { currentFolder } from './current-folder.ts';
import { hasColour, printJson, printLine, remark } from './output/style.ts';
import { chooseFace } from './screen/choose-face.ts';
import { makePaint } from './screen/paint.ts';
import { previewLines } from './screen/preview-lines.ts';
import { summary } from './screen/summary.ts';
import { type Ending, watchRun } from './screen/watch-run.ts';
import { Wishes } from './screen/wishes.ts';

export interface FixInvocation {
  /** As typed; null: the folder we are in. */
  path: string | null;
  flags: Record<string, string | boolean | string[]>;
  json: boolean;
  detach: boolean;
  resume: boolean;
  dryRun: boolean;
}

/** Starts or joins a run and, unless detached, shows it until it has ended. */
export async function fix(invocation: FixInvocation): Promise<void> {
  const { path, flags, resume, json } = invocation;
  const request = { cwd: currentFolder(), path, flags, env: environment(), resume };
  const client = await connect({ start: true });
  if (invocation.dryRun) {
    const preview = await client.preview(request);
    if (json) printJson(preview);
    else previewLines(preview).forEach(printLine);
    return;
  }
  if (invocation.detach) {
    const { run, joined } = await client.fix(request);
    if (json) printJson({ run, joined });
    else printLine(run);
    return;
  }
  const ended = await startAndWatch(client, request);
  await conclude(client, ended, json);
}

type Ended = Ending & { run: string };

async function startAndWatch(client: Client, request: Parameters<Client['fix']>[0]): Promise<Ended> {
  const wishes = new Wishes();
  const face = chooseFace(wishes);
  try {
    face.announce(`opening ${request.path ?? request.cwd}`);
    const { run, joined } = await client.fix(request);
    const ending = await watchRun({ client, run, after: joined ? null : 0, face, wishes });
    return { ...ending, run };
  } finally {
    face.close();
    wishes.close();
  }
}

async function conclude(client: Client, ended: Ended, json: boolean): Promise<void> {
  const { run } = ended;
  if (ended.kind !== 'finished') {
    remark(
      ended.kind === 'detached'
        ? `run ${run} goes on. Watch it: ao fix --resume; look at it: ao status ${run}`
        : `run ${run} is being stopped, its work is saved. Look at it: ao status ${run}`,
    );
    if (json) printJson({ run, joined: true });
    process.exitCode = ended.kind === 'detached' ? exitCode.ok : exitCode.interrupted;
    return;
  }
  const report = await reportOf(client, run);
  const paint = makePaint(hasColour(process.stdout));
  if (json) printJson(report);
  else {
    const { path, branch } = ended.view;
    summary(report, { path, checkout: await checkedOutAt(path, branch), paint }).forEach(printLine);
  }
  process.exitCode = exitCodeOf(report, ended.stopped);
}

/** The daemon may be replaced at this very moment; there is a next one then. */
async function reportOf(client: Client, run: string): Promise<Report> {
  try {
    return await client.report(run);
  } catch {
    return (await connect({ start: true })).report(run);
  }
}

function exitCodeOf(report: Report, stopped: boolean): number {
  if (report.ok) return exitCode.ok;
  return stopped && report.outcome === 'stopped' ? exitCode.interrupted : exitCode.failed;
}

function environment(): Record<string, string> {
  const entries = Object.entries(process.env);
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => entry[1] !== undefined));
}
