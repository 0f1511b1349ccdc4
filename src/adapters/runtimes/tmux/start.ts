import { rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { AoError } from '../../../domain/errors.ts';
import type { RuntimeHandle, Terminal } from '../../../domain/task.ts';
import { readStartTime } from '../../../lib/process-table.ts';
import { endTree } from '../../../lib/process-tree.ts';
import { initialSize, type StartSpec } from '../../../ports/runtime.ts';
import { DirectoryChanges } from '../directory-changes.ts';
import { argumentsTooLong, inputOf, namespaceFor, resolveProgram, untilExecuting } from '../executing.ts';
import { names, prepareFiles } from '../session-files.ts';
import { wrap } from '../wrapper.ts';
import { launchText } from './launch-text.ts';
import { isServerLost, removeSession, tmux, tmuxError } from './server.ts';

/** A server that ends again and again is not started for ever. */
const tries = 3;
/** The system's limit for one argument. */
const longestArgument = 128 * 1024 - 1;
const size = ['-x', String(initialSize.columns), '-y', String(initialSize.rows)];
const isOtherSize = `#{!=:#{window_width} #{window_height},${initialSize.columns} ${initialSize.rows}}`;
/** Whoever enters a terminal brings a size along; the server tells it, and nobody has to ask. */
const tellSize = `run-shell -b 'echo "#{window_width} #{window_height}" >#{q:@ao-size}'`;

/**
 * Starts the wrapper in a pane and resolves when the agent's own program runs under it. With an empty or open
 * `input` the agent reads the terminal, and whoever attaches can type to it; else its input and then end-of-file.
 */
export async function startInTerminal(
  socket: string,
  spec: StartSpec,
  untilWhole: (handle: RuntimeHandle) => Promise<void>,
): Promise<RuntimeHandle> {
  const program = await resolveProgram(spec);
  const terminal = terminalOf(socket, spec.mark);
  const changes = new DirectoryChanges(spec.dir, [names.pid, names.exit]);
  try {
    const namespace = await namespaceFor(spec);
    await writeLaunch(spec, program, namespace);
    const pid = await openPane(terminal, spec);
    const startTime = (await readStartTime(pid)) ?? '';
    const { dir, cwd, mark } = spec;
    const handle = { runtime: 'tmux', pid, startTime, dir, cwd, mark, ...inputOf(spec), terminal };
    const inNamespace = namespace !== null;
    const starting = { handle, program, inNamespace, changes, untilWhole: () => untilWhole(handle) };
    await untilExecuting(starting).catch(async (error: unknown) => {
      await endTree({ ...handle, graceMs: 0 });
      await removeSession(terminal);
      throw error;
    });
    return handle;
  } finally {
    changes.close();
    await rm(join(spec.dir, names.launch), { force: true }); // it holds the environment
  }
}

/** Follows from the mark, so that it is found also where a handle was never written down. */
export function terminalOf(socket: string, mark: string): Terminal {
  return { socket, session: mark.replaceAll(/[^\w-]/g, '-') };
}

/**
 * Arguments and environment reach the pane in a private file: on tmux's command line they would be seen by everybody,
 * read as tmux's own syntax, and cut at 16 KB.
 */
async function writeLaunch(
  spec: StartSpec,
  program: string,
  namespace: readonly string[] | null,
): Promise<void> {
  const argv = wrap({
    dir: spec.dir,
    argv: [program, ...spec.argv.slice(1)],
    streams: spec.input ? 'input and terminal' : 'terminal',
    namespace,
  });
  const env = { ...spec.env, TERM: 'screen-256color', AO_MARK: spec.mark };
  const words = [...argv, ...Object.entries(env).map(([name, value]) => `${name}=${value}`)];
  if (words.some((word) => Buffer.byteLength(word) > longestArgument)) throw argumentsTooLong(program);
  if (words.some((word) => word.includes('\0'))) {
    throw new AoError('failed', `${program} could not be started: an argument holds a NUL byte`);
  }
  await writeFile(join(spec.dir, names.launch), launchText({ argv, env, cwd: spec.cwd }), { mode: 0o600 });
}

/**
 * Opens the pane; the pid of the wrapper in it. The server carries out one call's commands before it looks at what a
 * pane printed, so the log has every byte.
 */
async function openPane(terminal: Terminal, spec: StartSpec): Promise<number> {
  const { socket, session } = terminal;
  const target = ['-t', `=${session}:`];
  const pane = ['/bin/sh', join(spec.dir, names.launch)];
  const commands = [
    ['start-server'],
    ['set-option', '-g', 'remain-on-exit', 'on'],
    ['new-session', '-d', '-P', '-F', '#{pane_pid}', '-s', session, ...size, '--', ...pane],
    // It was made as large as the screen of whoever is in another terminal of this server.
    ['if-shell', '-F', ...target, isOtherSize, ['resize-window', ...target, ...size].join(' ')],
    ['set-option', '-w', ...target, 'window-size', 'latest'],
    // As an option's value a path is only a path; `q:` quotes it for the shell that tmux runs a pipe with.
    ['set-option', ...target, '@ao-output', join(spec.dir, names.output)],
    ['pipe-pane', ...target, 'exec cat >>#{q:@ao-output}'],
    ['set-option', ...target, '@ao-size', join(spec.dir, names.size)],
    ['set-hook', ...target, 'window-resized', tellSize],
    // Below the terminal, for whoever enters it.
    ['set-option', ...target, 'status-left', ` ${basename(spec.cwd).replaceAll(/[^\w-]/g, '-')} `],
    ['set-option', ...target, 'status-left-length', '42'],
    ['set-option', ...target, 'status-right', ' Ctrl-b d leaves '],
    ['set-option', '-w', ...target, 'window-status-current-format', ''],
  ];
  for (let left = tries - 1; ; left -= 1) {
    await prepareFiles(spec.dir, spec.input);
    try {
      return Number(await tmux(socket, commands));
    } catch (error) {
      // Whatever had begun goes first, so that the agent cannot be there twice.
      await endTree({ mark: spec.mark, pid: 0, startTime: '', graceMs: 0 });
      if (!isServerLost(error) || left === 0) throw tmuxError(error);
    }
  }
}
