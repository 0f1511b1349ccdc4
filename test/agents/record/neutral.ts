// Recordings say nothing of the machine they were made on, and differ little from one time to the next.
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { agentCache } from '../clients/install.ts';
import type { Place } from '../clients/place.ts';
import type { Line } from './take.ts';

const uuid = /(?<![0-9a-f])[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?![0-9a-f])/g;
/** opencode's and its kin's. */
const prefixedId = /\b(ses|msg|prt|per|evt|toolu|call)_(?!scripted)[0-9A-Za-z]{16,}\b/g;

/** One client tells all its commands and skills with all their help: half a megabyte, in every recording the same. */
function shortened(line: Line): Line {
  if (line.dir !== 'out' || line.line.length < 20_000) return line;
  if (!line.line.includes('"available_commands_update"')) return line;
  const message = JSON.parse(line.line) as CommandsUpdate;
  const { update } = message.params;
  update.availableCommands.splice(2);
  delete update._meta;
  return { ...line, line: JSON.stringify(message) };
}

interface CommandsUpdate {
  params: { update: { availableCommands: unknown[]; _meta?: unknown } };
}

export function neutral(lines: readonly Line[], place: Place): string {
  const text = lines.map((line) => JSON.stringify(shortened(line))).join('\n');
  const ids = new Map<string, string>();
  const numbered = (id: string, name: (number: number) => string): string => {
    const known = ids.get(id) ?? name(ids.size + 1);
    ids.set(id, known);
    return known;
  };
  const dashed = (path: string): string => path.replaceAll(/[/.]/g, '-');
  const paths: [string, string][] = [
    [place.home, '/home/user'],
    [dashed(place.home), '-home-user'],
    [place.installed.prefix, '/opt/agent'],
    [agentCache(), '/opt/agents'],
    [dirname(process.execPath), '/usr/bin'],
    // As a value of its own only: it may be a common word.
    [`\\"${hostname()}\\"`, '\\"host\\"'],
    [new URL(place.url).host, '127.0.0.1:4010'],
  ];
  return `${paths
    .reduce((result, [from, to]) => result.replaceAll(from, to), text)
    .replaceAll(/\/cc-socks\/\d+/g, '/cc-socks/1')
    .replaceAll(uuid, (id) => numbered(id, (n) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`))
    .replaceAll(prefixedId, (id, prefix: string) =>
      numbered(id, (n) => `${prefix}_${String(n).padStart(20, '0')}`),
    )}\n`;
}
