import { mkdir, readFile, realpath, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AoError } from '../domain/errors.ts';
import { writeFileAtomic } from '../lib/atomic-file.ts';
import { KeyedMutex } from '../lib/keyed-mutex.ts';
import { type Run, runtimeOf } from '../domain/run.ts';
import type { Session } from '../domain/task.ts';
import type { AccountEntry } from '../ports/terminal-agent.ts';
import type { World } from './context.ts';
import type { AccountEntryView } from './engine.ts';

/** Two sessions of one account start side by side. */
const order = new KeyedMutex();

/** Puts our entries into files of a person's account: each file is read anew, and replaced as a whole. */
export async function addAccountEntries(entries: readonly AccountEntry[]): Promise<void> {
  for (const entry of entries) {
    await change(entry, (text) => (entry.isThere(text) ? text : entry.add(text)));
  }
}

/**
 * Takes out what a session had there; where there is nothing, nothing is touched. Done when it ends, and again when its workspace goes: another
 * client of the same account may have written back what it read before. A file that cannot be read any more is the person's to mend.
 */
export async function leaveAccount(world: AccountWorld, run: AccountRun, session: Session): Promise<void> {
  for (const entry of entriesOf(world, run, session)) {
    try {
      await change(entry, (text) => (text !== null && entry.isThere(text) ? entry.remove(text) : text));
    } catch (error) {
      world.log('account.entry-stays', { session: session.id, file: entry.file, error: String(error) });
    }
  }
}

/** Of all sessions that are known; with `remove` those of ended ones go first. */
export async function listAccountEntries(
  world: AccountWorld & Pick<World, 'store'>,
  { remove }: { remove: boolean },
): Promise<AccountEntryView[]> {
  const found: AccountEntryView[] = [];
  for (const run of await world.store.list('run', {})) {
    if (runtimeOf(run.options) !== 'tmux') continue;
    for (const session of await world.store.list('session', { run: run.id })) {
      const isNeeded = session.state !== 'ended';
      if (remove && !isNeeded) await leaveAccount(world, run, session);
      for (const entry of entriesOf(world, run, session)) {
        const { file } = entry;
        const isThere = await readIfThere(file)
          .then((text) => entry.isThere(text))
          .catch(() => false); // nobody can read it
        if (isThere) found.push({ file, session: session.id, workspace: session.workspace.path, isNeeded });
      }
    }
  }
  return found;
}

type AccountWorld = Pick<World, 'findAgent' | 'log'>;
type AccountRun = Pick<Run, 'options' | 'env' | 'agentEnv'>;

function entriesOf(
  { findAgent }: AccountWorld,
  { options, env, agentEnv = {} }: AccountRun,
  { agent, workspace }: Session,
): readonly AccountEntry[] {
  const terminal = runtimeOf(options) === 'tmux' ? findAgent(agent).terminal : undefined;
  return terminal?.accountEntries({ workspace: workspace.path, environment: { ...env, ...agentEnv } }) ?? [];
}

/** Null where there is no such file. */
async function readIfThere(file: string): Promise<string | null> {
  return readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
}

/** `next` makes the new text of the old one; null: no file. */
async function change({ file }: AccountEntry, next: (text: string | null) => string | null): Promise<void> {
  const real = await realpath(file).catch(() => file); // people keep these files elsewhere, behind a link
  await order.run(real, async () => {
    const text = await readIfThere(real);
    try {
      const changed = next(text);
      if (changed === text) return;
      if (changed === null) return await rm(real);
      const mode = text === null ? 0o600 : (await stat(real)).mode & 0o777;
      await mkdir(dirname(real), { recursive: true, mode: 0o700 });
      await writeFileAtomic(real, changed, mode);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      const hint = `Mend ${file}, or leave --runtime tmux out.`;
      throw new AoError('failed', `${file} cannot be read: ${error.message}`, hint, { cause: error });
    }
  });
}
