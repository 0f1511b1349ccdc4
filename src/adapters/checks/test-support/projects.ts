// Small real projects, one for each way to report: with one failing and one passing unit, the fix, and the same failure
// further down. The contract suite runs them, and record.ts keeps what the tools say about them.
import { compiled, compiledRecordings } from './projects/compiled.ts';
import { javascript, javascriptRecordings } from './projects/javascript.ts';
import { linters, lintersRecordings } from './projects/linters.ts';
import type { Project, RecordedOnly } from './projects/project.ts';
import { python, pythonRecordings } from './projects/python.ts';
import { shell, shellRecordings } from './projects/shell.ts';

export const projects: readonly Project[] = [...javascript, ...python, ...compiled, ...linters, ...shell];

export const recordedOnly: readonly RecordedOnly[] = [
  ...javascriptRecordings,
  ...pythonRecordings,
  ...compiledRecordings,
  ...lintersRecordings,
  ...shellRecordings,
];
