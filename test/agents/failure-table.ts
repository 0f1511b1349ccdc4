// What our adapters make of every failure of every real client, as the table in docs/agents.md: `npm run test:agents -- --table`.
import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { findAgent } from '../../src/adapters/registry.ts';
import type { FailureClass, Observation } from '../../src/domain/agent-facts.ts';
import type { Line } from './record/take.ts';

const fixtures = path.join(import.meta.dirname, 'fixtures');
export const page = path.join(import.meta.dirname, '../../docs/agents.md');

export const clients = [
  'claude-code',
  'codex',
  'gemini',
  'qwen',
  'claude-agent-acp',
  'kimi',
  'opencode',
  'kilocode',
] as const;

/** What is right; `silence`: nothing is said, and the watchdog (20 s) speaks. */
type Answer = FailureClass | 'silence';

const scenarios: Record<string, readonly Answer[]> = {
  'rate-limit': ['rate_limit'],
  'usage-limit': ['usage_limit'],
  'limit-midway': ['usage_limit'],
  quota: ['quota'],
  overloaded: ['overloaded'],
  'server-error': ['overloaded'],
  unauthorized: ['authentication'],
  context: ['context_full'],
  refused: ['network'],
  drop: ['network', 'truncated'],
  unfinished: ['truncated'],
  empty: ['truncated'],
  truncated: ['truncated'],
  hang: ['silence'],
  'hang-in-stream': ['silence'],
};

/** It was recorded with a key, and to those its server says no more than that there were too many requests. */
const without: Record<string, string> = { 'claude-agent-acp': 'usage-limit' };

export interface Cell {
  scenario: string;
  /** As the adapter has it; null: there is no such recording. */
  found: string | null;
  verdict: 'right' | 'wrong' | 'untold' | 'unseen';
}

/** Of one client, a cell for each scenario. */
export function cellsOf(client: string): Cell[] {
  return Object.entries(scenarios).map(([scenario, right]) => {
    const lines = recording(client, scenario);
    if (lines === null || without[client] === scenario) return { scenario, found: null, verdict: 'unseen' };
    const { word, reset } = wordFor(client, lines);
    const isRight = right.some((answer) => answer === word) && (reset || !mustTellReset(client, word));
    const verdict = isRight ? 'right' : tells(client, lines) ? 'wrong' : 'untold';
    return { scenario, found: reset ? `${word}, until` : word, verdict };
  });
}

/** Only these two are told by their servers when a window opens again. */
function mustTellReset(client: string, word: string): boolean {
  return word === 'usage_limit' && ['claude-code', 'codex'].includes(client);
}

function recording(client: string, scenario: string): Line[] | null {
  const [folder] = globSync(path.join(fixtures, client, '*'));
  const file = path.join(folder ?? '', `${scenario}.jsonl`);
  if (folder === undefined || !existsSync(file)) return null;
  const lines: Line[] = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  return untilWatchdog(lines);
}

/** What comes after our own cancel or signal is an answer to that. */
function untilWatchdog(lines: readonly Line[]): Line[] {
  const end = lines.findIndex(
    (line) => line.dir === 'signal' || (line.dir === 'in' && line.line.includes('"session/cancel"')),
  );
  return end < 0 ? [...lines] : lines.slice(0, end);
}

function wordFor(client: string, lines: readonly Line[]): { word: string; reset: boolean } {
  const seen = observationsOf(client, lines);
  const end = seen.find((each) => each.kind === 'turn_ended');
  const retrying = seen.findLast((each) => each.kind === 'retrying');
  if (end?.outcome === 'failed') {
    return { word: end.failure.class, reset: end.failure.resetAt !== null };
  }
  if (end !== undefined) return { word: end.outcome, reset: false };
  return { word: retrying?.failure.class ?? 'silence', reset: false };
}

function observationsOf(client: string, lines: readonly Line[]): Observation[] {
  const adapter = findAgent(client === 'claude-agent-acp' ? 'acp' : client);
  let { state } = adapter.begin({ workspace: '/home/user/project', model: null, permissions: 'ask' });
  const seen: Observation[] = [];
  for (const line of lines) {
    if (line.dir !== 'out' && line.dir !== 'err') continue;
    const step = adapter.interpret(`${line.line}\n`, state);
    state = step.state;
    seen.push(...step.observations);
  }
  return seen;
}

/** An agent that says nothing at all, or that all went well, tells nothing of its failure: read from the bytes, not from our adapter. */
function tells(client: string, lines: readonly Line[]): boolean {
  if (client === 'claude-code' || client === 'codex') return true;
  return lines.some((line) => {
    if (line.dir !== 'out' || !line.line.startsWith('{')) return false;
    const { method, error, result } = JSON.parse(line.line);
    if (method !== undefined) return false;
    return error !== undefined || (result?.stopReason ?? 'end_turn') !== 'end_turn';
  });
}

/** How many of those that are told at all are right. */
export function rateOf(cells: readonly Cell[]): { right: number; told: number } {
  const told = cells.filter(({ verdict }) => verdict === 'right' || verdict === 'wrong');
  return { right: told.filter(({ verdict }) => verdict === 'right').length, told: told.length };
}

export function makeTable(): string {
  const columns = clients.map((client) => ({ client, cells: cellsOf(client) }));
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const rates = columns.map(({ cells }) => {
    const { right, told } = rateOf(cells);
    return `${right} of ${told}`;
  });
  return [
    row(['failure', ...clients.map((client) => `\`${client}\``)]),
    row(Array.from({ length: clients.length + 1 }, () => '---')),
    ...Object.keys(scenarios).map((scenario, at) =>
      row([scenario, ...columns.map(({ cells }) => shown(cells[at]))]),
    ),
    row(['right, of those told', ...rates]),
  ].join('\n');
}

function shown(cell: Cell | undefined): string {
  switch (cell?.verdict) {
    case 'right':
      return cell.found ?? '';
    case 'wrong':
      return `**${cell.found}**`;
    case 'untold':
      return `(${cell.found})`;
    default:
      return '–';
  }
}

const marks = [
  '<!-- failures: made by npm run test:agents -- --table -->\n\n',
  '\n\n<!-- /failures -->',
] as const;

/** The table as the page has it. */
export function tableInPage(): string {
  const [, after = ''] = readFileSync(page, 'utf8').split(marks[0]);
  return after.split(marks[1])[0] ?? '';
}

export function pageWithTable(): string {
  const [before = '', after = ''] = readFileSync(page, 'utf8').split(marks[0]);
  return `${before}${marks[0]}${makeTable()}${marks[1]}${after.split(marks[1])[1] ?? ''}`;
}
