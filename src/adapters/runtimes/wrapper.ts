import { endSignals } from '../../lib/pid-namespace.ts';

/**
 * What holds an agent's process: a POSIX shell in a session of its own, which depends on nothing of ours and so outlives
 * the daemon. It is passed as text (`sh -c`), because a shell reads a script file while it runs, and an update of ours
 * would change it under its feet.
 *
 * It runs the agent in the foreground: only then are SIGINT and SIGQUIT not ignored in the agent. Its traps let it
 * live through a polite end of the tree, so that the status is written; they do not reach the agent. The inner shell
 * becomes the agent by exec, so that `pid` is the agent's; its exit trap runs only where exec failed (bash
 * would leave without it).
 *
 * In a pid namespace there is a program between the two shells that waits for the agent's status outside. It must not hear what
 * ends an agent, politely or by a terminal; the agent must, so its signals are made as they were (`lib/pid-namespace.ts`).
 *
 * $1: the session's directory, with `input`, `output.log`, `pid` and `exit.draft` made by us with private modes.
 */
export const innerShell = [
  'dir=$1; shift',
  'printf "%s\\n" "$$" >"$dir/pid"',
  'trap \'printf "failed\\n" >"$dir/pid"\' EXIT',
  '[ -z "$BASH_VERSION" ] || shopt -s execfail',
  'exec "$@"',
  'exit',
].join('\n');

/**
 * Where an agent's standard streams lead: to files; to files where that of its input may grow; to the terminal that it runs
 * in; or to that terminal with its task on standard input. What a terminal shows is written down by somebody else, who
 * may be behind when the status is there already: so a tidy-up of the terminal, which shows nothing, goes behind the
 * agent's last byte.
 */
export type Streams = 'files' | 'growing files' | 'terminal' | 'input and terminal';

/** Ends the output of an agent in a terminal: colours off, cursor visible, colours off. */
export const terminalEnd = Buffer.from('\x1b[0m\x1b[?25h\x1b[0m');

/**
 * Last, because a terminal that somebody has halted (Ctrl-S) would hold it up. Then the shell lets go of the terminal and
 * stays until that hangs up: tmux does that once it has read everything. At the end of a shell it stops reading at
 * once, and what the system has not handed over by then is lost.
 */
const leaveTerminal = [
  "printf '\\033[0m\\033[?25h\\033[0m'",
  "trap 'kill -9 $!; exit' HUP",
  'exec </dev/null >/dev/null 2>&1 3>&-',
  'command -p sleep 5 &',
  'wait',
];

const redirections: Record<Streams, string> = {
  files: '<"$dir/input" >>"$dir/output.log" 2>&1',
  'growing files': '<"$dir/feed" >>"$dir/output.log" 2>&1',
  terminal: '2>&3 3>&-',
  'input and terminal': '<"$dir/input" 2>&3 3>&-',
};

/** Feeds an agent from a file that grows. A pipe alone holds 64 KB, and breaks when the daemon goes. */
const startFeeder = [
  'command -p mkfifo -m 600 "$dir/feed" || exit',
  'command -p tail -c +1 -f "$dir/input" >"$dir/feed" 2>/dev/null & feeder=$!',
];

function outerShell(streams: Streams, inNamespace: boolean): string {
  const inTerminal = streams === 'terminal' || streams === 'input and terminal';
  return [
    'dir=$1; shift',
    // A terminal that hangs up ends what runs in it; the system tells the agent when its shell has ended.
    inTerminal ? 'trap : INT TERM' : 'trap : HUP INT TERM',
    // A shell's own word about a signal must not go to the agent's output: hence this, and the parentheses.
    ...(inTerminal ? ['exec 3>&2 2>/dev/null'] : []),
    ...(streams === 'growing files' ? startFeeder : []),
    `(${inNamespace ? `trap "" ${endSignals.join(' ')}; ` : ''}exec "$@" ${redirections[streams]})`,
    'status=$?',
    'trap "" HUP INT TERM',
    ...(streams === 'growing files' ? ['kill -9 "$feeder"'] : []),
    'printf "%s\\n" "$status" >"$dir/exit.draft"',
    'for try in 1 2 3; do',
    '  command -p mv -f "$dir/exit.draft" "$dir/exit" && break',
    'done',
    ...(inTerminal ? leaveTerminal : []),
  ].join('\n');
}

/** By this it is known among the processes of its session. */
export const holderName = 'ao-session';

export interface Wrapping {
  dir: string;
  argv: readonly string[];
  streams: Streams;
  /** What enters a pid namespace, null where the agent runs among all processes. */
  namespace: readonly string[] | null;
}

/** Program and arguments that run `argv` under the wrapper. */
export function wrap({ dir, argv, streams, namespace }: Wrapping): string[] {
  const outer = outerShell(streams, namespace !== null);
  const inner = ['/bin/sh', '-c', innerShell, 'ao-agent', dir, ...argv];
  return ['/bin/sh', '-c', outer, holderName, dir, ...(namespace ?? []), ...inner];
}
