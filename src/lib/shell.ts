/**
 * Arguments that run a person's command in a shell that is not our child but a grandchild: a test that ends its parent
 * process ends a shell, never the daemon.
 */
export function shellArgv(command: string): string[] {
  return ['/bin/sh', '-c', '(exec /bin/sh -c "$1"); exit $?', 'sh', command];
}

/** A word for a command that people paste into a shell. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
