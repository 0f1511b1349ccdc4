import type { Agent } from '../ports/agent.ts';

const kept = new Set([
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'SHELL',
  'LANG',
  'LANGUAGE',
  'TZ',
  'TMPDIR',
  'VIRTUAL_ENV',
  'http_proxy',
  'https_proxy',
  'ftp_proxy',
  'all_proxy',
  'no_proxy',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'FTP_PROXY',
  'ALL_PROXY',
  'NO_PROXY',
]);
const keptPrefixes = ['LC_', 'XDG_'];

/** Change what Node or git do behind a program's back, or speak to us: never handed on, also when configured. */
const refused = /^(NODE_OPTIONS$|NODE_COMPILE_CACHE$|GIT_|AO_)/;

/**
 * The environment that agents and checks start with: what this list names of what the client sent, and nothing of the
 * daemon's own. There is no terminal behind it, so programs that ask are told that theirs can do nothing.
 */
export function cleanEnvironment(
  sent: Readonly<Record<string, string>>,
  configured: readonly string[] = [],
): Record<string, string> {
  const clean: Record<string, string> = { TERM: 'dumb' };
  for (const [name, value] of Object.entries(sent)) {
    const wanted =
      kept.has(name) || keptPrefixes.some((prefix) => name.startsWith(prefix)) || configured.includes(name);
    if (wanted && !refused.test(name) && !value.includes('\0')) clean[name] = value;
  }
  return clean;
}

/** What an agent is given beside it: what its adapter names of what the client sent, and where its account is. */
export function agentEnvironment(
  sent: Readonly<Record<string, string>>,
  { environment, accountEnvironment }: Pick<Agent, 'environment' | 'accountEnvironment'>,
  accountDir: string | null,
): Record<string, string> {
  const given = environment.flatMap((name) => {
    const value = sent[name];
    return value === undefined || value === '' || value.includes('\0') ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(given), ...(accountDir === null ? {} : accountEnvironment?.(accountDir)) };
}
