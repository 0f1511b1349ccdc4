import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import type { TestContext } from 'node:test';
import { temporaryDirectory } from '../../support/repositories.ts';

const main = path.resolve(import.meta.dirname, '../../../src/cli/main.ts');

export interface Outcome {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface CommandLine {
  home: string;
  ao(args: string[], options?: { cwd?: string; env?: Record<string, string> }): Promise<Outcome>;
  /** Process id of the running daemon. */
  daemon(): Promise<number>;
}

/** The real command line with a daemon of its own, which is stopped, with its agents, after the test. */
export async function openCommandLine(t: TestContext): Promise<CommandLine> {
  const home = await temporaryDirectory();
  const ao: CommandLine['ao'] = async (args, options = {}) => {
    const child = spawn(process.execPath, [main, ...args], {
      cwd: options.cwd ?? home,
      env: { ...process.env, AO_HOME: home, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const [stdout, stderr] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'close'),
    ]);
    return { code: child.exitCode, stdout, stderr };
  };
  t.after(async () => {
    await ao(['daemon', 'stop', '--agents']);
    await rm(home, { recursive: true, force: true, maxRetries: 5 });
  });
  return {
    home,
    ao,
    daemon: async () => {
      const info: { pid: number } = JSON.parse(await readFile(path.join(home, 'daemon.json'), 'utf8'));
      return info.pid;
    },
  };
}
