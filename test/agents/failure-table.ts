// What our adapters make of every failure of every real client, as the table in docs/agents.md: `npm run test:agents -- --table`.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { findAgent } from '../../src/adapters/registry.ts';
import type { FailureClass, Observation } from '../../src/domain/agent-facts.ts';
import { recordedVersions } from '../support/recorded-output.ts';
import { clients as catalogue } from './clients/catalogue.ts';
import type { Line } from './record/take.ts';

const fixtures = path.join(import.meta.dirname, 'fixtures');

/** Whoever is in the catalogue has a column. */
export const clients: readonly string[] = catalogue.map(({ name }) => name);

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

/** It must be told when these open again: an hour after the model server said so, in the words of each vendor. */
const windows = ['usage-limit', 'limit-midway'];
const hourMs = 3_600_000;

export interface Cell {
  scenario: string;
  /** As the adapter has it; null: there is no such recording. */
  found: string | null;
  right: boolean;
}

/** Of one client, a cell for each scenario. */
export function cellsOf(client: string): Cell[] {
  return Object.entries(scenarios).map(([scenario, answers]) => {
    const lines = recording(client, scenario);
    if (lines === null) return { scenario, found: null, right: false };
    const { word, resetAt } = wordFor(client, lines);
    const off = Math.abs((resetAt ?? 0) - latestMoment(lines) - hourMs);
    const right = answers.some((answer) => answer === word) && (off < 30_000 || !windows.includes(scenario));
    return { scenario, found: resetAt === null ? word : `${word}, until`, right };
  });
}

function recording(client: string, scenario: string): Line[] | null {
  const [newest = ''] = recordedVersions(client);
  const file = path.join(fixtures, client, newest, `${scenario}.jsonl`);
  if (!existsSync(file)) return null;
  const lines: Line[] = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  return untilWatchdog(lines);
}

/** What comes after the watchdog is an answer to that; where our adapter itself tells it to let go, the turn goes on to its end. */
function untilWatchdog(lines: readonly Line[]): Line[] {
  const isLateCancel = (line: string): boolean =>
    line.includes('"session/cancel"') && !line.includes('gave up');
  const end = lines.findIndex(
    (line) => line.dir === 'signal' || (line.dir === 'in' && isLateCancel(line.line)),
  );
  return end < 0 ? [...lines] : lines.slice(0, end);
}

/** Of the clock, as the recording itself tells it, in milliseconds since the epoch. */
function latestMoment(lines: readonly Line[]): number {
  const text = lines.map((line) => ('line' in line ? line.line : '')).join('\n');
  const told = text.matchAll(/"(?:at|emittedAtMs|timestamp)":(\d{13})|"timestamp":"([^"]+)"/g);
  return Math.max(
    0,
    ...[...told].map(([, ms, date = '']) => (ms === undefined ? Date.parse(date) : Number(ms))),
  );
}

function wordFor(client: string, lines: readonly Line[]): { word: string; resetAt: number | null } {
  const seen = observationsOf(client, lines);
  const end = seen.find((each) => each.kind === 'turn_ended');
  if (end !== undefined && end.outcome !== 'failed') return { word: end.outcome, resetAt: null };
  const failure = end?.failure ?? seen.findLast((each) => each.kind === 'retrying')?.failure;
  return { word: failure?.class ?? 'silence', resetAt: failure?.resetAt ?? null };
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

/** How many are right of all, those that were not recorded too. */
export function rateOf(cells: readonly Cell[]): { right: number; all: number } {
  return { right: cells.filter(({ right }) => right).length, all: cells.length };
}

export function makeTable(): string {
  const columns = clients.map((client) => ({ client, cells: cellsOf(client) }));
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const rates = columns.map(({ cells }) => {
    const { right, all } = rateOf(cells);
    return `${right} of ${all}`;
  });
  return [
    row(['failure', ...clients.map((client) => `\`${client}\``)]),
    row(Array.from({ length: clients.length + 1 }, () => '---')),
    ...Object.keys(scenarios).map((scenario, at) =>
      row([scenario, ...columns.map(({ cells }) => shown(cells[at]))]),
    ),
    row(['right', ...rates]),
  ].join('\n');
}

function shown(cell: Cell | undefined): string {
  if (cell?.found === undefined || cell.found === null) return '–';
  return cell.right ? cell.found : `**${cell.found}**`;
}
