import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import { AoError } from '../../../domain/errors.ts';
import type { RuntimeHandle } from '../../../domain/task.ts';
import { findExecutable } from '../../../lib/executable.ts';
import { readArguments, readStartTime } from '../../../lib/process-table.ts';
import { endTree } from '../../../lib/process-tree.ts';
import type { StartSpec } from '../../../ports/runtime.ts';
import { DirectoryChanges } from './directory-changes.ts';
import { lastOutputLine, names, prepareFiles, readAgentPid, readExit } from './session-files.ts';
import { innerShell, wrap } from './wrapper.ts';

/** A machine under heavy load is slow to start a program; longer than this is an error. */
const startMs = 30_000;

/** Starts the wrapper and resolves when the agent's own program runs under it. */
export async function startSession(spec: StartSpec): Promise<RuntimeHandle> {
  const program = await resolveProgram(spec);
  await prepareFiles(spec.dir, spec.input);
  const changes = new DirectoryChanges(spec.dir, [names.pid, names.exit]);
  try {
    const pid = await spawnWrapper(spec, program);
    const startTime = (await readStartTime(pid)) ?? '';
    const handle = { runtime: 'process', pid, startTime, dir: spec.dir, mark: spec.mark };
    await untilExecuting(handle, program, changes).catch(async (error: unknown) => {
      await endTree({ ...handle, graceMs: 0 });
      throw error;
    });
    return handle;
  } finally {
    changes.close();
  }
}

async function resolveProgram(spec: StartSpec): Promise<string> {
  const name = spec.argv[0] ?? '';
  if (name === '') throw new AoError('usage', 'There is no program to start.', 'Give the agent a command.');
  const directory = await stat(spec.cwd).catch(() => null);
  if (!directory?.isDirectory()) throw new AoError('failed', `${spec.cwd} is not a directory.`);
  const found = await findExecutable(name, spec.cwd, spec.env);
  if (found.path !== null) return found.path;
  if (found.why === 'missing') {
    throw new AoError(
      'failed',
      `${name} was not found.`,
      `Install ${name}, or put it on the PATH that ao is called with.`,
    );
  }
  throw new AoError('failed', `${name} is not executable.`, `Make it executable: chmod +x ${name}`);
}

async function spawnWrapper(spec: StartSpec, program: string): Promise<number> {
  const [shell = '', ...args] = wrap(spec.dir, [program, ...spec.argv.slice(1)]);
  try {
    const child = spawn(shell, args, {
      cwd: spec.cwd,
      env: { ...spec.env, AO_MARK: spec.mark },
      detached: true,
      stdio: 'ignore',
    });
    child.unref();
    await once(child, 'spawn');
    return child.pid ?? 0;
  } catch (cause) {
    throw startError(program, cause);
  }
}

function startError(program: string, cause: unknown): AoError {
  const code = cause instanceof Error && 'code' in cause ? cause.code : null;
  if (code === 'E2BIG') {
    const hint = 'Pass the task as {promptFile} or on standard input instead of {prompt}.';
    return new AoError('failed', `The arguments for ${program} are too long for the system.`, hint, {
      cause,
    });
  }
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new AoError('failed', `${program} could not be started: ${reason}`, null, { cause });
}

/** Exec leaves no event behind, so the agent's command line is read until it is no longer the shell's. */
async function untilExecuting(
  handle: RuntimeHandle,
  program: string,
  changes: DirectoryChanges,
): Promise<void> {
  const signal = AbortSignal.timeout(startMs);
  for (let pause = 1; !signal.aborted; pause = Math.min(pause * 2, 50)) {
    const alive = (await readStartTime(handle.pid)) !== null;
    const agent = await readAgentPid(handle.dir);
    if (agent === 'failed') {
      const reason = (await lastOutputLine(handle.dir)).replace(/^ao-agent: /, '');
      throw new AoError(
        'failed',
        `${program} could not be executed: ${reason}`,
        'Check its first line (#!…) and its format.',
      );
    }
    if (await readExit(handle.dir)) return;
    if (agent !== null) {
      const command = await readArguments(agent);
      if (command !== null && !command.includes(innerShell)) return;
    }
    if (!alive) throw new AoError('failed', `${program} was ended from outside while it started.`);
    await changes.next(pause, signal);
  }
  throw new AoError(
    'failed',
    `${program} did not start within ${startMs / 1000} seconds.`,
    'The machine may be overloaded.',
  );
}
