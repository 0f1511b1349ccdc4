import { execFile, type ExecFileException } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitFor } from './wait-for.ts';

const repository = join(import.meta.dirname, '../..');

export interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

/** A copy of ao whose files a test may change, with a stub for the engine and data directories of its own. */
export class Installation {
  readonly root: string;
  /** As the launcher sets it: halves the start. */
  readonly cache: { NODE_COMPILE_CACHE: string };
  readonly #homes: string[] = [];

  constructor() {
    this.root = mkdtempSync(join(tmpdir(), 'ao-installation-'));
    this.cache = { NODE_COMPILE_CACHE: join(this.root, 'cache') };
    for (const folder of ['src', 'test/support', 'package.json']) {
      cpSync(join(repository, folder), join(this.root, folder), {
        recursive: true,
        preserveTimestamps: true,
      });
    }
    symlinkSync(join(repository, 'node_modules'), join(this.root, 'node_modules'));
    const stub = "export { composeEngine } from '../../test/support/stub-engine.ts';\n";
    writeFileSync(join(this.root, 'src/daemon/compose.ts'), stub);
  }

  /** A data directory that does not exist yet. */
  home(name: string): string {
    const home = join(this.root, name);
    this.#homes.push(home);
    return home;
  }

  run(home: string, args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
    const main = join(this.root, 'src/cli/main.ts');
    const env = {
      PATH: process.env['PATH'],
      HOME: this.root,
      AO_HOME: home,
      TMPDIR: tmpdir(),
      ...this.cache,
      ...options.env,
    };
    return new Promise((resolve) => {
      const settings = { env, cwd: options.cwd ?? this.root, timeout: 60_000 };
      const [program = '', ...words] = [...(options.room ?? []), process.execPath, main, ...args];
      execFile(program, words, settings, (error: ExecFileException | null, stdout, stderr) => {
        resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
      });
    });
  }

  /** Ends every daemon of this installation, by the process ids they wrote, and removes all files. */
  async remove(): Promise<void> {
    for (const home of this.#homes) {
      const pid = daemonPid(home);
      if (pid === null) continue;
      end(pid);
      await waitFor(`the end of daemon ${pid}`, () => !lives(pid));
    }
    rmSync(this.root, { recursive: true, force: true, maxRetries: 5 });
  }
}

export interface RunOptions {
  env?: Record<string, string>;
  cwd?: string;
  /** Program and arguments in front of the command. */
  room?: readonly string[];
}

export function daemonPid(home: string): number | null {
  try {
    return Number(JSON.parse(readFileSync(join(home, 'daemon.json'), 'utf8')).pid);
  } catch {
    return null;
  }
}

export function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}

export function makeDirectory(path: string, mode = 0o755): string {
  mkdirSync(path, { recursive: true, mode });
  return path;
}
