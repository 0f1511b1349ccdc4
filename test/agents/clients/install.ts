// Installs real agents into a cache outside the repository: a prefix of its own for each client and version.
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { takeLock } from '../../../src/daemon/lock.ts';
import type { Client } from './catalogue.ts';

export interface Installed {
  prefix: string;
  /** Directory with nothing but the client's program, for a PATH. */
  bin: string;
  /** Null when it was there already. */
  seconds: number | null;
}

/** The tests' runner gives every test a home of its own, so it names the cache in this variable. */
export function agentCache(environment: NodeJS.ProcessEnv = process.env): string {
  const named = environment['AO_TEST_AGENT_CACHE'];
  if (named) return named;
  return join(environment['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'ao-agents');
}

const prefixOf = (client: Client): string => join(agentCache(), `${client.name}-${client.version}`);

/** Written last of all, in a directory that takes its name in one step: what has it is complete. */
const marker = 'complete.json';

export function findClient(client: Client): Installed | null {
  const prefix = prefixOf(client);
  if (!existsSync(join(prefix, marker))) return null;
  return { prefix, bin: join(prefix, 'bin'), seconds: null };
}

/** Idempotent; several at once wait for each other. Throws with npm's words when it cannot be had. */
export async function installClient(client: Client, patienceMs = 600_000): Promise<Installed> {
  mkdirSync(agentCache(), { recursive: true });
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const found = findClient(client);
    if (found) return found;
    const lock = takeLock(join(agentCache(), `${client.name}.lock`));
    if (lock !== null) {
      try {
        return findClient(client) ?? installNow(client);
      } finally {
        lock.release();
      }
    }
    if (performance.now() > deadline) throw new Error(`another install of ${client.name} does not end`);
    await delay(200);
  }
}

function installNow(client: Client): Installed {
  const started = performance.now();
  const prefix = prefixOf(client);
  for (const old of globSync(`${prefix}{,.partial-*}`))
    rmSync(old, { recursive: true, force: true, maxRetries: 5 });
  // Of a name that nobody else has: npm may outlive us when we are killed.
  const stage = mkdtempSync(`${prefix}.partial-`);
  try {
    fill(stage, client);
    const seconds = Math.round((performance.now() - started) / 100) / 10;
    writeFileSync(join(stage, marker), `${JSON.stringify({ ...client, seconds })}\n`);
    renameSync(stage, prefix);
    return { prefix, bin: join(prefix, 'bin'), seconds };
  } catch (error) {
    rmSync(stage, { recursive: true, force: true });
    throw error;
  }
}

function fill(stage: string, client: Client): void {
  mkdirSync(join(stage, 'bin'));
  writeFileSync(join(stage, 'package.json'), '{ "private": true }\n');
  runNpm(client, stage);
  const program = join(stage, 'node_modules', client.path);
  if (!existsSync(program)) throw new Error(`${client.package}@${client.version} has no ${client.path} here`);
  symlinkSync(join('../node_modules', client.path), join(stage, 'bin', client.program));
}

// No install scripts: what they would do (choose the native program, fetch more) the catalogue says, or nobody needs.
function runNpm(client: Client, stage: string): void {
  const args = [
    'install',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--no-package-lock',
    '--save-exact',
  ];
  const { status, stderr, error } = spawnSync('npm', [...args, `${client.package}@${client.version}`], {
    cwd: stage,
    encoding: 'utf8',
    timeout: 300_000,
  });
  if (status !== 0) {
    throw new Error(
      `npm cannot install ${client.package}@${client.version}: ${error?.message ?? stderr.slice(-600)}`,
    );
  }
}

/** Megabytes on disk, links not followed. */
export function sizeOf(directory: string): number {
  let bytes = 0;
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) bytes += statSync(join(entry.parentPath, entry.name)).size;
  }
  return Math.round(bytes / 1e6);
}
