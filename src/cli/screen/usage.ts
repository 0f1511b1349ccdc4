import type { Report, Resources, Usage } from '../../api/contract/responses.ts';
import { count } from '../../lib/count.ts';

type Spent = NonNullable<Report['usage']>;

/** Of one session; what its agent did not tell is called so. */
export function usageText(usage: Usage | null): string {
  if (usage === null) return 'not told';
  const { tokens, costUsd } = usage;
  const cost = costUsd === null ? 'cost unknown' : dollars(costUsd);
  return `${tokens === null ? 'tokens unknown' : tokensText(tokens)} · ${cost}`;
}

/** Of all sessions of a run. */
export function spentText({ sessions, tokens, costUsd, tokensUnknown, costUnknown }: Spent): string {
  const known = [
    ...(tokens === null ? [] : [tokensText(tokens)]),
    ...(costUsd === null ? [] : [dollars(costUsd)]),
    ...(tokensUnknown === costUnknown
      ? unknown('tokens and cost', tokensUnknown, sessions)
      : [...unknown('tokens', tokensUnknown, sessions), ...unknown('cost', costUnknown, sessions)]),
  ];
  return `${count(sessions, 'session')}: ${known.join(' · ')}`;
}

function unknown(what: string, of: number, sessions: number): string[] {
  if (of === 0) return [];
  return [of === sessions ? `${what} unknown` : `${what} unknown for ${count(of, 'session')}`];
}

export function resourcesText({ processes, memoryBytes, cpuMs }: Resources): string {
  const held = processes === 1 ? '1 process' : `${processes} processes`;
  return `${megabytes(memoryBytes)} and ${(cpuMs / 1000).toFixed(1)} s of CPU in ${held}`;
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}

function tokensText({ input, cached, output }: NonNullable<Usage['tokens']>): string {
  const fromCache = cached === null || cached === 0 ? '' : ` (${number(cached)} from a cache)`;
  return `${number(input)} tokens in${fromCache}, ${number(output)} out`;
}

function number(value: number): string {
  return value.toLocaleString('en-US');
}

/** Sessions of one short task cost parts of a cent. */
function dollars(value: number): string {
  return `$${value.toFixed(value < 1 ? 4 : 2)}`;
}
