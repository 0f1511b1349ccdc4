import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { makeChecks } from '../adapters/checks/index.ts';
import { openHub } from '../adapters/git/hub.ts';
import { openTarget } from '../adapters/git/target.ts';
import { findAgent, makeRuntimes } from '../adapters/registry.ts';
import { makeSetup } from '../adapters/setups/index.ts';
import { sessionLogs } from '../adapters/session-logs.ts';
import { openSqliteStore } from '../adapters/stores/sqlite/index.ts';
import { systemClock } from '../adapters/system-clock.ts';
import { makeDisk } from '../adapters/system-disk.ts';
import { cloneWorkspaces } from '../adapters/workspaces/clone.ts';
import { worktreeWorkspaces } from '../adapters/workspaces/worktree.ts';
import { readProgramVariables } from '../config/program-variables.ts';
import { createEngine } from '../engine/create-engine.ts';
import type { World } from '../engine/context.ts';
import type { Engine } from '../engine/engine.ts';
import { makeLayout } from '../engine/layout.ts';
import { socketPath } from '../lib/ao-home.ts';

export interface Composition {
  /** Data directory, existing or to be made. */
  home: string;
  log: World['log'];
}

export async function composeEngine(composition: Composition): Promise<Engine> {
  return createEngine(await composeWorld(composition));
}

/** The one place where the real parts are put together. */
export async function composeWorld({ home, log }: Composition): Promise<World> {
  await mkdir(home, { recursive: true, mode: 0o700 });
  const { synchronous, diskReserveBytes, mostOutputBytes } = readProgramVariables(process.env);
  return {
    store: await openSqliteStore(path.join(home, 'ao.db'), systemClock, { synchronous }),
    clock: systemClock,
    layout: makeLayout(home),
    findRuntime: makeRuntimes(socketPath(home, 'tmux.sock', process.env)),
    findAgent,
    workspaces: { clone: cloneWorkspaces, worktree: worktreeWorkspaces },
    checks: makeChecks(),
    setup: makeSetup(),
    openHub: (gitDir, userRepository) => openHub({ gitDir, userRepository }),
    openTarget,
    memoryAvailableBytes: () => process.availableMemory(),
    disk: makeDisk(home, diskReserveBytes),
    sessionLogs,
    mostOutputBytes,
    log,
    markPrefix: createHash('sha256').update(home).digest('hex').slice(0, 12),
  };
}
