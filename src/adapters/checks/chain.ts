import { wholeCheckId } from '../../domain/finding.ts';
import type { CheckOutput, ParsedReport } from '../../ports/check-format.ts';
import { resolveScripts } from './command.ts';
import { joinReports } from './join-reports.ts';
import { asSequence } from './one-step.ts';
import { programOf, type Segment, segmentsOf } from './shell-text.ts';
import { Tally } from './tally.ts';

interface Program {
  name: string;
  args: string[];
}

/** Which program speaks in which format; `surely` where that can be told from its arguments. */
const programs: Readonly<Record<string, { is: (program: Program) => boolean; surely?: RegExp }>> = {
  eslint: { is: ({ name }) => name === 'eslint' },
  tsc: { is: ({ name }) => /^(?:vue-)?tsc$/.test(name) },
  'node-test': { is: ({ name }) => name === 'node', surely: /^--test$/ },
  junit: { is: ({ name, args }) => /^(?:py\.?test|vitest|mocha)$/.test(name) || args.includes('pytest') },
  jest: { is: ({ name, args }) => name === 'jest' || (name === 'react-scripts' && args[0] === 'test') },
  'go-test': { is: ({ name, args }) => name === 'go' && args[0] === 'test' },
  'cargo-test': { is: ({ name }) => name === 'cargo' },
  sarif: { is: ({ name }) => name === 'golangci-lint' },
  unittest: {
    is: ({ name, args }) => name.startsWith('python') && !args.includes('pytest'),
    surely: /^(?:unittest|.*test\w*\.py)$/,
  },
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
  if (link === undefined) {
    const unknown = links.findLast(({ text }) => !isKnown(programOf(text))) ?? links.at(-1);
    const step = unknown === undefined ? wholeCheckId(output.check) : tally.idOf(null, stepOf(unknown));
    return asSequence(joined, step);
  }
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
  const program = programs[format];
  if (program === undefined) return -1;
  const places = links.flatMap(({ text }, index) => (program.is(programOf(text)) ? [index] : []));
  const sure = places.filter((index) => speaksSurely(program, programOf(links[index]?.text ?? '')));
  const likely = sure.length > 0 ? sure : places;
  return likely.length === 1 ? (likely[0] ?? -1) : -1;
}

function speaksSurely({ surely }: { surely?: RegExp }, { args }: Program): boolean {
  return surely === undefined || args.some((argument) => surely.test(argument));
}

/** A link that speaks in a format of its own: what cannot be placed was said by another. */
function isKnown(program: Program): boolean {
  return Object.values(programs).some((known) => known.is(program) && speaksSurely(known, program));
}
