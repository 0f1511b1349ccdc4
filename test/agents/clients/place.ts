// Where one client lives in one test: a home that nothing else uses, and a directory to work in.
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Client } from './catalogue.ts';
import { agentCache, type Installed } from './install.ts';
import { profiles } from './profiles.ts';

export interface Place {
  client: Client;
  installed: Installed;
  home: string;
  workspace: string;
  /** The model server's, with the scenario in it. */
  url: string;
}

/** Not under the temporary directory: codex refuses to make its helpers there. */
export function makePlace(client: Client, installed: Installed, url: string): Place {
  const homes = join(agentCache(), 'homes');
  mkdirSync(homes, { recursive: true });
  removeOld(homes);
  const home = realpathSync(mkdtempSync(join(homes, `${client.name}-`)));
  const place = { client, installed, home, workspace: join(home, 'project'), url };
  mkdirSync(place.workspace);
  mkdirSync(join(home, 'tmp'));
  for (const [path, text] of Object.entries(profiles[client.name]?.files?.(place) ?? {})) {
    mkdirSync(dirname(join(home, path)), { recursive: true });
    writeFileSync(join(home, path), text);
  }
  return place;
}

const dayMs = 86_400_000;

/** What was left by runs that were killed. */
function removeOld(homes: string): void {
  for (const name of readdirSync(homes)) {
    const path = join(homes, name);
    const changed = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    if (Date.now() - changed > dayMs) rmSync(path, { recursive: true, force: true });
  }
}

export function removePlace(place: Place): void {
  rmSync(place.home, { recursive: true, force: true, maxRetries: 5 });
}

/** All that a client sees of the environment: nothing of the person's who runs the tests. */
export function environmentOf(place: Place): Record<string, string> {
  return {
    PATH: [place.installed.bin, dirname(process.execPath), '/usr/local/bin', '/usr/bin', '/bin'].join(':'),
    HOME: place.home,
    TMPDIR: join(place.home, 'tmp'),
    TERM: 'xterm-256color',
    LANG: 'C.UTF-8',
    SHELL: '/bin/bash',
    TZ: 'UTC',
    ...profiles[place.client.name]?.env(place),
  };
}
