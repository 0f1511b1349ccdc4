import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { AoError } from '../../../domain/errors.ts';
import type { RuntimeHandle } from '../../../domain/task.ts';
import { readStartTime } from '../../../lib/process-table.ts';
import { endTree } from '../../../lib/process-tree.ts';
import type { StartSpec } from '../../../ports/runtime.ts';
import { DirectoryChanges } from '../directory-changes.ts';
import { argumentsTooLong, inputOf, namespaceFor, resolveProgram, untilExecuting } from '../executing.ts';
import { names, prepareFiles } from '../session-files.ts';
import { wrap } from '../wrapper.ts';

/** Starts the wrapper and resolves when the agent's own program runs under it. */
export async function startSession(spec: StartSpec): Promise<RuntimeHandle> {
  const program = await resolveProgram(spec);
  await prepareFiles(spec.dir, spec.input);
  const changes = new DirectoryChanges(spec.dir, [names.pid, names.exit]);
  try {
    const namespace = await namespaceFor(spec);
    const pid = await spawnWrapper(spec, program, namespace);
    const startTime = (await readStartTime(pid)) ?? '';
    const { dir, cwd, mark } = spec;
    const handle = { runtime: 'process', pid, startTime, dir, cwd, mark, ...inputOf(spec) };
    const untilWhole = async (): Promise<void> => {};
    const starting = { handle, program, inNamespace: namespace !== null, changes, untilWhole };
    await untilExecuting(starting).catch(async (error: unknown) => {
      await endTree({ ...handle, graceMs: 0 });
      throw error;
    });
    return handle;
  } finally {
    changes.close();
  }
}

async function spawnWrapper(
  spec: StartSpec,
  program: string,
  namespace: readonly string[] | null,
): Promise<number> {
  const argv = [program, ...spec.argv.slice(1)];
  const streams = spec.input === null ? 'growing files' : 'files';
  const [shell = '', ...args] = wrap({ dir: spec.dir, argv, streams, namespace });
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
  if (code === 'E2BIG') return argumentsTooLong(program, cause);
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new AoError('failed', `${program} could not be started: ${reason}`, null, { cause });
}
