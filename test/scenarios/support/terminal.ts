import { execFile, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { promisify } from 'node:util';
import { temporaryDirectory } from '../../support/repositories.ts';
import { lives } from '../../support/installation.ts';
import { waitFor } from '../../support/wait-for.ts';

const run = promisify(execFile);

export const hasTmux = spawnSync('tmux', ['-V']).status === 0;

/** A real terminal with a shell in it, in a tmux server of its own. */
export interface Terminal {
  /** Keys as tmux calls them: `C-c`, `Enter`, `d`. */
  press(...keys: string[]): Promise<void>;
  type(line: string): Promise<void>;
  resize(columns: number, rows: number): Promise<void>;
  /** Lines of the screen, without blank ones at the end. */
  screen(): Promise<string[]>;
  /** Waits until some line of the screen is like that; the screen then. */
  shows(pattern: RegExp): Promise<string[]>;
  cursorVisible(): Promise<boolean>;
  /** As by its window's button; resolves when the program in it has gone. */
  close(): Promise<void>;
}

export async function openTerminal(t: TestContext, env: Record<string, string>): Promise<Terminal> {
  const folder = await temporaryDirectory();
  const server = ['-S', path.join(folder, randomBytes(4).toString('hex')), '-f', '/dev/null'];
  const tmux = async (...args: string[]): Promise<string> => (await run('tmux', [...server, ...args])).stdout;
  const variables = Object.entries(env).flatMap(([name, value]) => ['-e', `${name}=${value}`]);
  await tmux('new-session', '-d', '-x', '90', '-y', '24', ...variables, '/bin/sh');
  t.after(async () => {
    await tmux('kill-server').catch(() => {});
    await rm(folder, { recursive: true, force: true });
  });
  const screen = async (): Promise<string[]> => (await tmux('capture-pane', '-p')).trimEnd().split('\n');
  return {
    press: async (...keys) => void (await tmux('send-keys', ...keys)),
    type: async (line) => void (await tmux('send-keys', '-l', line), await tmux('send-keys', 'Enter')),
    resize: async (columns, rows) =>
      void (await tmux('resize-window', '-x', String(columns), '-y', String(rows))),
    screen,
    shows: async (pattern) => {
      let last: string[] = [];
      const found = async (): Promise<boolean> => {
        last = await screen();
        return last.some((line) => pattern.test(line));
      };
      await waitFor(`${pattern} on the screen`, found, 40_000).catch((error: unknown) => {
        throw new Error(`${String(error)}:\n${last.join('\n')}`);
      });
      return last;
    },
    close: async () => {
      const pid = Number((await tmux('display-message', '-p', '#{pane_pid}')).trim());
      await tmux('kill-server');
      await waitFor(`the end of process ${pid}`, () => !lives(pid));
    },
    cursorVisible: async () => (await tmux('display-message', '-p', '#{cursor_flag}')).trim() === '1',
  };
}
