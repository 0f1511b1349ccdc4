import { cleanText } from '../../lib/clean-text.ts';
import { maxLineLength } from '../../lib/line-buffer.ts';

/** Where an unfinished line stands. Plain data. */
export interface JsonLinesState {
  rest: string;
  /** The line is longer than we keep: everything up to its end is passed over. */
  tooLong: boolean;
}

export type JsonObject = { [key: string]: unknown };

export type JsonLine = { kind: 'object'; value: JsonObject } | { kind: 'text'; text: string };

/** A tool's whole output may be in one line. */
export const longestLine = 16 * 1024 * 1024;

export const noJsonLine: JsonLinesState = { rest: '', tooLong: false };

/** Cuts output into lines: JSON objects, and everything else (warnings on standard error) as cleaned text. */
export function takeJsonLines(
  state: JsonLinesState,
  piece: string,
): { state: JsonLinesState; lines: JsonLine[] } {
  const lines: JsonLine[] = [];
  let { rest, tooLong } = state;
  let start = 0;
  for (let end = piece.indexOf('\n'); end >= 0; end = piece.indexOf('\n', start)) {
    const line = rest + piece.slice(start, end);
    if (tooLong || line.length > longestLine) lines.push({ kind: 'text', text: '(a line too long to read)' });
    else if (line.trim() !== '') lines.push(readLine(line));
    rest = '';
    tooLong = false;
    start = end + 1;
  }
  rest += piece.slice(start);
  return rest.length > longestLine
    ? { state: { rest: '', tooLong: true }, lines }
    : { state: { rest, tooLong }, lines };
}

function readLine(line: string): JsonLine {
  const value = looksLikeObject(line) ? parsed(line) : null;
  // What is not of the protocol is shown as it is.
  return isObject(value)
    ? { kind: 'object', value }
    : { kind: 'text', text: cleanText(line.trim().slice(0, maxLineLength)).trim().toWellFormed() };
}

/** Asked first: an exception for a line takes longer than to read several. */
function looksLikeObject(line: string): boolean {
  const text = line.trim();
  return text.startsWith('{') && text.endsWith('}');
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

/** What can be read can be too deep to be written: it takes a call for each level. */
const deepest = 1000;

export function isTooDeep(value: unknown): boolean {
  const below = (part: unknown): unknown[] =>
    typeof part === 'object' && part !== null ? Object.values(part) : [];
  let level = below(value);
  for (let depth = 1; level.length > 0 && depth <= deepest; depth += 1) level = level.flatMap(below);
  return level.length > 0;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object below `key`, or an empty one: what comes from outside may have any shape. */
export function objectAt(value: unknown, key: string): JsonObject {
  const found = isObject(value) ? value[key] : undefined;
  return isObject(found) ? found : {};
}

export function textAt(value: unknown, key: string): string {
  const found = isObject(value) ? value[key] : undefined;
  return typeof found === 'string' ? found : '';
}

export function numberAt(value: unknown, key: string): number {
  const found = isObject(value) ? value[key] : undefined;
  return typeof found === 'number' && Number.isFinite(found) ? found : 0;
}

export function listAt(value: unknown, key: string): unknown[] {
  const found = isObject(value) ? value[key] : undefined;
  return Array.isArray(found) ? found : [];
}
