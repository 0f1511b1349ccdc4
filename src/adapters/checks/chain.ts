import type { CheckOutput, ParsedReport } from '../../ports/check-format.ts';
import { resolveScripts } from './command.ts';
import { joinReports } from './join-reports.ts';
import { asSequence } from './one-step.ts';
import { programOf, type Segment, segmentsOf } from './shell-text.ts';
import { Tally } from './tally.ts';

/** Which program speaks in which format. */
const programs: Readonly<Record<string, (program: { name: string; args: string[] }) => boolean>> = {
  eslint: ({ name }) => name === 'eslint',
  tsc: ({ name }) => /^(?:vue-)?tsc$/.test(name),
  'node-test': ({ name }) => name === 'node',
  junit: ({ name, args }) => /^(?:py\.?test|vitest|mocha)$/.test(name) || args.includes('pytest'),
  jest: ({ name, args }) => name === 'jest' || (name === 'react-scripts' && args[0] === 'test'),
  unittest: ({ name, args }) => name.startsWith('python') && !args.includes('pytest'),
};

/**
 * `a && b` hides what b would say while a fails. Where the output tells which link failed, those before it passed, and
 * messages of a compiler or linter carry its step, so that they can be seen to pass although b fails then.
 */
export function readChain(
  output: CheckOutput,
  parsed: readonly { format: string; report: ParsedReport }[],
): ParsedReport {
  const joined = joinReports(parsed.map(({ report }) => report));
  const links = segmentsOf(resolveScripts(output.root, output.command));
  if (links.length < 2 || !links.some(({ operator }) => operator === '&&')) return joined;
  const tally = new Tally(output.check);
  if (output.exitCode === 0) {
    for (const link of links) tally.pass(null, stepOf(link));
    return joinReports([joined, tally.report()]);
  }
  const failed = parsed.filter(({ report }) => report.findings.length > 0);
  const index = failed.length === 1 ? placeOf(links, failed[0]?.format ?? '') : -1;
  const link = links[index];
  if (link === undefined) return asSequence(joined, output.check);
  for (const earlier of links.slice(0, index)) tally.pass(null, stepOf(earlier));
  const step = tally.idOf(null, stepOf(link));
  const findings = joined.findings.map((finding) =>
    finding.kind === 'diagnostic' ? { ...finding, step } : finding,
  );
  const steps = tally.report();
  const complete = joined.complete && index === links.length - 1;
  return { ...joinReports([{ ...joined, findings }, steps]), complete };
}

function stepOf(link: Segment): string {
  return `step:${link.text.replace(/\s+/g, ' ')}`;
}

/** -1 where none or several could have said it. */
function placeOf(links: readonly Segment[], format: string): number {
  const speaks = programs[format] ?? (() => false);
  const places = links.flatMap(({ text }, index) => (speaks(programOf(text)) ? [index] : []));
  return places.length === 1 ? (places[0] ?? -1) : -1;
}
