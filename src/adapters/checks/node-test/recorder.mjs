// A reporter for Node's test runner (18.19 and later): writes what happened as one JSON value a line into the directory
// where this file lies, one file per process. It prints nothing; the usual reporter does that beside it.
import { appendFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const path = fileURLToPath(new URL(`node-test-${process.pid}.jsonl`, import.meta.url));
const wanted = new Set(['test:start', 'test:pass', 'test:fail', 'test:stderr', 'test:stdout']);
/** What a file prints matters only when the file itself fails; its end is enough. */
const printed = new Map();

function remember(file, text) {
  printed.set(file, ((printed.get(file) ?? '') + text).slice(-8192));
}

function describe(error) {
  const cause = error?.cause ?? error;
  if (cause === undefined || cause === null) return '';
  if (typeof cause !== 'object') return String(cause);
  return String(cause.stack ?? cause.message ?? error.message ?? '').slice(0, 16384);
}

function row(type, data) {
  const { name, nesting, file, line, skip, todo, details } = data;
  const base = { type: type.slice(5), name, nesting, file, line };
  if (type === 'test:start') return base;
  const result = { ...base, suite: details?.type === 'suite' };
  if (skip !== undefined && skip !== false) result.skip = true;
  if (todo !== undefined && todo !== false) result.todo = true;
  if (type !== 'test:fail') return result;
  const error = details?.error;
  const output = nesting === 0 ? (printed.get(file) ?? printed.get(name) ?? '') : '';
  return {
    ...result,
    failure: error?.failureType,
    message: describe(error),
    exitCode: error?.exitCode,
    output,
  };
}

// oxlint-disable-next-line require-yield -- a reporter is a generator, and this one prints nothing
export default async function* record(source) {
  for await (const { type, data } of source) {
    if (!wanted.has(type)) continue;
    if (type === 'test:stderr' || type === 'test:stdout') remember(data.file, data.message);
    else appendFileSync(path, `${JSON.stringify(row(type, data))}\n`);
  }
}
