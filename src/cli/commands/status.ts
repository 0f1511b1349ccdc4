import { type Client, connect } from '../../api/client.ts';
import type { RunView } from '../../api/contract/responses.ts';
import { checkedOutAt } from '../checked-out-at.ts';
import type { Define } from '../command.ts';
import { findSubject } from '../find-subject.ts';
import { hasColour, printJson, printLine, widthOf } from '../output/style.ts';
import { makePaint } from '../screen/paint.ts';
import { runLines } from '../screen/run-screen.ts';
import { sessionDetails, taskDetails } from '../screen/details.ts';
import { summary } from '../screen/summary.ts';

interface Options {
  json?: boolean;
  all?: boolean;
}

const mostRuns = 10;

export const define: Define = (command) => {
  command
    .argument('[id]', 'id of a run, a task or a session, or its beginning: its details')
    .option('--all', `every run, not only the last ${mostRuns}`)
    .option('--json', 'one JSON document on stdout')
    .action(async (id: string | undefined, options: Options) => {
      const client = await connect({ start: true });
      const runs = (await client.runs()).toSorted((a, b) => b.createdAt.localeCompare(a.createdAt));
      return id === undefined
        ? listRuns(runs, options)
        : details(client, id, { runs, json: options.json === true });
    });
};

function listRuns(runs: RunView[], { all = false, json = false }: Options): void {
  const shown = all ? runs : runs.slice(0, mostRuns);
  if (json) return printJson(runs);
  if (runs.length === 0) return printLine('no run yet. Start one: ao fix');
  shown.forEach((run, index) => {
    if (index > 0) printLine('');
    printRun(run);
  });
  if (shown.length < runs.length) printLine(`\n… and ${runs.length - shown.length} older (ao status --all)`);
}

function printRun(run: RunView): void {
  runLines(run, { columns: widthOf(process.stdout, 160), now: Date.now(), paint: stdoutPaint() }).forEach(
    printLine,
  );
}

async function details(
  client: Client,
  id: string,
  { runs, json }: { runs: RunView[]; json: boolean },
): Promise<void> {
  const subject = findSubject(id, runs, await client.sessions());
  if (subject.kind === 'session') {
    const { session } = subject;
    const resources = (await client.resources())[session.id] ?? null;
    if (json) return printJson({ ...session, resources });
    return sessionDetails({ ...session, resources }, Date.now()).forEach(printLine);
  }
  const { run } = subject;
  const report = await client.report(run.id);
  if (subject.kind === 'run') {
    if (json) return printJson({ run, report });
    printRun(run);
    printLine('');
    const checkout = await checkedOutAt(run.path, run.branch);
    return summary(report, { path: run.path, checkout, paint: stdoutPaint() }).forEach(printLine);
  }
  const told = report.tasks.find((task) => task.id === subject.task.id);
  if (json) return printJson({ task: subject.task, report: told ?? null });
  taskDetails({ run, task: subject.task, report }, { now: Date.now(), paint: stdoutPaint() }).forEach(
    printLine,
  );
}

function stdoutPaint() {
  return makePaint(hasColour(process.stdout));
}
