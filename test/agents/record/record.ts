// Makes the recordings that the adapters' parsers are tested with: fixtures/<agent>/<version>/<name>.jsonl.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, matchesGlob } from 'node:path';
import { ModelServer } from '../../support/model-server/server.ts';
import type { Client } from '../clients/catalogue.ts';
import type { Installed } from '../clients/install.ts';
import { environmentOf, makePlace, type Place, removePlace } from '../clients/place.ts';
import * as acp from './acp.ts';
import { claudeCode } from './claude-code.ts';
import { codex } from './codex.ts';
import { dialogRecordings } from './dialog.ts';
import { neutral } from './neutral.ts';
import { onceRecordings } from './once.ts';
import type { Recording } from './recordings.ts';
import { type Line, Take } from './take.ts';

/** Of one that does not stand here yet: by one prompt on its command line, for which it needs no adapter. */
const recordings: Readonly<Record<string, readonly Recording[]>> = {
  'claude-code': claudeCode,
  codex,
  gemini: [...acp.gemini, ...onceRecordings('gemini')],
  opencode: [...acp.opencode, ...onceRecordings('opencode')],
  kimi: [...acp.kimi, ...onceRecordings('kimi')],
  qwen: [...acp.qwen, ...onceRecordings('qwen')],
  kilocode: [...acp.kilocode, ...onceRecordings('kilocode')],
  pi: dialogRecordings('pi'),
  'claude-agent-acp': acp.claudeAgentAcp,
};

const fixtures = join(import.meta.dirname, '../fixtures');

/** Of `names`, or all; says what was made. */
export async function record(client: Client, installed: Installed, names: readonly string[]): Promise<void> {
  const wanted = (recordings[client.name] ?? onceRecordings(client.name)).filter(
    ({ name }) => names.length === 0 || names.some((only) => matchesGlob(name, only)),
  );
  const directory = join(fixtures, client.name, client.version);
  for (const recording of wanted) {
    const text = await recordOne(client, installed, recording);
    const path = join(directory, `${recording.name}.jsonl`);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    const last = JSON.parse(text.trimEnd().split('\n').at(-1) ?? '{}') as Line;
    console.log(`${client.name} ${recording.name}: ${text.length} bytes, ${JSON.stringify(last)}`);
  }
}

async function recordOne(client: Client, installed: Installed, recording: Recording): Promise<string> {
  const server = new ModelServer();
  await server.listen();
  const place = makePlace(client, installed, server.baseUrl(recording.scenario));
  try {
    const take = started(place, recording);
    try {
      await recording.drive(take, server);
    } finally {
      await take.end(recording.patienceMs);
    }
    return neutral(take.lines, place);
  } finally {
    await server.close();
    removePlace(place);
  }
}

function started(place: Place, { argv, env = {}, agent, permissions = 'ask' }: Recording): Take {
  if (agent === undefined) return new Take(place, [...(argv ?? [])], { env });
  const dir = join(place.home, 'session');
  mkdirSync(dir);
  const environment = { ...environmentOf(place), ...env };
  const spec = {
    prompt: '',
    promptFile: '',
    workspace: place.workspace,
    command: null,
    script: null,
    model: null,
  };
  const launch = agent.launch({ ...spec, dir, environment, permissions });
  for (const { path, text } of launch.files ?? []) writeFileSync(path, text);
  return new Take(place, [...(argv ?? launch.argv)], {
    env: { ...env, ...launch.env },
    errorsAsOutput: true,
  });
}
