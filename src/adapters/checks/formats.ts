import { wholeCheckId } from '../../domain/finding.ts';
import type { CheckFormat, CheckOutput, ParsedReport } from '../../ports/check-format.ts';
import { cargoTest } from './cargo-test/index.ts';
import { readChain } from './chain.ts';
import { eslint } from './eslint/index.ts';
import { fileLine } from './file-line/index.ts';
import { goTest } from './go-test/index.ts';
import { jest } from './jest/index.ts';
import { joinReports } from './join-reports.ts';
import { junit } from './junit/index.ts';
import { labelled } from './labelled/index.ts';
import { makeSteps } from './make/index.ts';
import { nodeTest } from './node-test/index.ts';
import { asSequence, stopsAtFirst } from './one-step.ts';
import { instrument as oneAtATime } from './several-scripts.ts';
import { sarif } from './sarif/index.ts';
import { tap } from './tap/index.ts';
import { tsc } from './tsc/index.ts';
import { unittest } from './unittest/index.ts';
import { vitestText } from './vitest-text/index.ts';

/** Each is sure of what it reads; several may run in one check. A report file beats text within each. */
const specific: readonly CheckFormat[] = [
  nodeTest,
  junit,
  jest,
  unittest,
  goTest,
  cargoTest,
  eslint,
  tsc,
  sarif,
];
/** Read from text that could be anybody's, best first: only where nobody above explains the outcome. */
const general: readonly CheckFormat[] = [vitestText, tap, labelled, fileLine];
const make = makeSteps({
  reporting: [nodeTest, junit, jest, unittest, eslint, sarif],
  printed: [unittest, goTest, cargoTest, eslint, tsc, ...general],
  naming: [unittest, goTest, cargoTest, tap, labelled],
});

const severalScripts: CheckFormat = { name: 'several-scripts', instrument: oneAtATime, parse: () => null };

export const formats: readonly CheckFormat[] = [make, severalScripts, ...specific, ...general];

/** What all formats together read from one output. */
export function readOutput(output: CheckOutput): ParsedReport {
  const steps = make.parse(output);
  if (steps !== null) return steps;
  const report = readCommands(output);
  return report.findings.length > 0 && stopsAtFirst(output)
    ? asSequence(report, wholeCheckId(output.check))
    : report;
}

function readCommands(output: CheckOutput): ParsedReport {
  const parsed = read(specific, output);
  if (parsed.some(({ report }) => report.findings.length > 0)) return readChain(output, parsed);
  const others = read(general, output);
  const useful = others.find(({ report }) => output.exitCode === 0 || report.findings.length > 0);
  if (useful === undefined) return readChain(output, parsed);
  // Text may be taken for a failure by mistake, never for the whole inventory beside a report.
  const added = parsed.length > 0 && output.exitCode === 0 ? joinReports([]) : useful.report;
  return readChain(output, [...parsed, { format: useful.format, report: added }]);
}

function read(list: readonly CheckFormat[], output: CheckOutput): { format: string; report: ParsedReport }[] {
  return list.flatMap((format) => {
    const report = format.parse(output);
    return report === null ? [] : [{ format: format.name, report }];
  });
}
