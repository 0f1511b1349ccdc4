import { mkdir, mkdtemp, realpath, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeDirectory } from '../lib/remove-directory.ts';
import type { Case } from './case.ts';
import { demoCases } from './cases.ts';
import { makeRepository, shopFiles } from './make-repository.ts';

/** Everything that a demo needs on disk, below one temporary directory of its own. */
export interface Stage {
  base: string;
  repository: string;
  /** `AO_HOME` of the demo. */
  home: string;
  /** What the scripted agents follow. */
  script: string;
  cases: Case[];
  /** For the daemon, the agents and the checks. */
  env: Record<string, string>;
}

export async function setStage(): Promise<Stage> {
  const base = await realpath(await mkdtemp(join(tmpdir(), 'ao-demo-')));
  try {
    return await furnish(base);
  } catch (error) {
    await removeDirectory(base);
    throw error;
  }
}

async function furnish(base: string): Promise<Stage> {
  const [repository, home, script] = [
    join(base, 'corner-shop'),
    join(base, 'data'),
    join(base, 'agents.json'),
  ];
  const cases = demoCases(join(base, 'supplier-calls'));
  const config = join(base, 'agent-orchestrator.yaml'); // so that none above the temporary directory is found
  await mkdir(home, { mode: 0o700 });
  await makeRepository(repository, shopFiles(cases));
  await writeFile(script, `${JSON.stringify({ rules: cases.flatMap(({ rules }) => rules) }, null, 2)}\n`);
  await writeFile(config, '{}\n');
  return { base, repository, home, script, cases, env: environment(home, config) };
}

/** The user's, without any setting of ao, git or Node: the demo is the same for everybody. */
function environment(home: string, config: string): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (value !== undefined && !/^(AO|GIT|NODE)_/.test(name)) env[name] = value;
  }
  const cache = process.env['NODE_COMPILE_CACHE'];
  return { ...env, AO_HOME: home, AO_CONFIG: config, ...(cache ? { NODE_COMPILE_CACHE: cache } : {}) };
}
