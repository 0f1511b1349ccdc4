import { posix } from 'node:path';
import type { CheckOutput, ParsedReport } from '../../../ports/check-format.ts';
import { repositoryPath } from '../paths.ts';
import { Tally } from '../tally.ts';

const begins = /^\s*RUN\s+v\d\S* (\S.*)$/;
const passed = /^ ✓ (?:\|[^|]+\| )?(\S.*?) \(\d+ tests?(?: \| \d+ skipped)?\)/;
const failed = /^ FAIL {2}(?:\|[^|]+\| )?(\S.*?)(?: > (.+)| \[ .+ \])$/;
const ends = /^⎯+\[\d+\/\d+\]⎯|^ *Test Files /;

interface Failed {
  file: string;
  name: string;
  message: string[];
}

/**
 * A file is named when it passes, a test only when it fails: each is a part of its file, which is a step. Files stand as their package sees
 * them, which stands above. null where vitest did not say that it runs.
 */
export function parse(output: CheckOutput): ParsedReport | null {
  const lines = output.combined.split('\n');
  if (!lines.some((line) => begins.test(line))) return null;
  const tally = new Tally(output.check);
  const failures: Failed[] = [];
  let directory = '.';
  let open: Failed[] = [];
  for (const line of lines) {
    const fileOf = (path: string): string => repositoryPath(output.root, posix.join(directory, path)) ?? path;
    const [, place] = begins.exec(line) ?? [];
    const [, whole] = passed.exec(line) ?? [];
    const [, path, name] = failed.exec(line) ?? [];
    if (place !== undefined) directory = posix.normalize(place);
    else if (whole !== undefined) tally.pass(fileOf(whole), fileOf(whole));
    else if (path !== undefined) {
      const file = fileOf(path);
      const failure: Failed = { file, name: name ?? file, message: [] };
      // Several that failed for one reason stand one below the other, above it.
      open = open.every(({ message }) => message.length === 0) ? [...open, failure] : [failure];
      failures.push(failure);
    } else if (ends.test(line)) open = [];
    else for (const { message } of open) message.push(line);
  }
  for (const failure of failures) tally.fail({ ...failure, line: lineIn(failure), message: textOf(failure) });
  return tally.isEmpty ? null : inFiles(tally, output);
}

function textOf({ message }: Failed): string {
  return message.join('\n').trim() || 'It failed without a message.';
}

function lineIn({ file, message }: Failed): number | null {
  for (const line of message) {
    const [, path = '', row] = /^ ❯ (?:.* )?(\S+?):(\d+):\d+$/.exec(line) ?? [];
    if (row !== undefined && (file === path || file.endsWith(`/${path}`))) return Number(row);
  }
  return null;
}

function inFiles(tally: Tally, output: CheckOutput): ParsedReport {
  const report = tally.report({ complete: !output.timedOut && output.exitCode !== null });
  const findings = report.findings.map((finding) => {
    const step = tally.idOf(finding.file, finding.file ?? '');
    return finding.id === step ? finding : { ...finding, step };
  });
  return { ...report, findings };
}
