// npm run test:agents -- --record-screens <agent>: what its terminal shows, scene by scene, for the readers of screens.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, matchesGlob } from 'node:path';
import { ModelServer } from '../../support/model-server/server.ts';
import type { Client } from '../clients/catalogue.ts';
import type { Installed } from '../clients/install.ts';
import { makePlace, type Place, removePlace } from '../clients/place.ts';
import { launches, type ScreenLaunch } from './launches.ts';
import { neutralBytes } from './neutral-bytes.ts';
import { type ScreenRecording, writeRecording } from './recording.ts';
import { type Scene, scenesOf } from './scenes.ts';
import { Stage } from './stage.ts';

/** Of `names`, or all; says what was made. */
export async function recordScreens(
  client: Client,
  installed: Installed,
  names: readonly string[],
): Promise<void> {
  const launch = launches[client.name];
  if (launch === undefined) throw new Error(`nobody has said how ${client.name} is started in a terminal`);
  const wanted = scenesOf(launch).filter(
    ({ name }) => names.length === 0 || names.some((only) => matchesGlob(name, only)),
  );
  for (const scene of wanted) {
    const recording = await recordScene({ client, installed, launch, scene }).catch((error: Error) => error);
    if (recording instanceof Error) {
      console.log(`${client.name} ${scene.name}: not recorded: ${recording.message}`);
      continue;
    }
    const packed = writeRecording(recording);
    console.log(
      `${client.name} ${scene.name}: ${recording.moments.length} moments, ${recording.bytes.length} bytes, ${packed} packed`,
    );
  }
}

interface Shot {
  client: Client;
  installed: Installed;
  launch: ScreenLaunch;
  scene: Scene;
}

async function recordScene({ client, installed, launch, scene }: Shot): Promise<ScreenRecording> {
  const server = new ModelServer();
  await server.listen();
  server.scenario(scene.name, scene.scenario);
  const place = makePlace(client, installed, server.baseUrl(scene.name));
  try {
    const dialog = scene.dialog === undefined ? undefined : launch.dialogs[scene.dialog];
    write(place, (dialog?.files ?? launch.files)?.(place, scene.mode) ?? {});
    if (scene.notes !== undefined) writeFileSync(join(place.workspace, 'notes.txt'), scene.notes);
    const argv = dialog?.argv ?? launch.argv(scene.mode);
    const env = { ...launch.env?.(scene.mode, place), ...(scene.subscriber ? launch.subscriber : {}) };
    const stage = await Stage.open(place, server, { argv, env, begun: launch.begun });
    try {
      await scene.drive(stage, launch).catch(async (error: unknown) => {
        throw new Error(`${String(error)}\n${(await stage.shown()).join('\n')}`);
      });
      const { moments } = stage;
      const bytes = neutralBytes(stage.bytes, place);
      return { client: client.name, version: client.version, scene: scene.name, argv, moments, bytes };
    } finally {
      await stage.close();
    }
  } finally {
    await server.close();
    removePlace(place);
  }
}

/** What a client has set already is added to where its format lets one. */
function write(place: Place, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(place.home, path)), { recursive: true });
    writeFileSync(join(place.home, path), text, { flag: path.endsWith('.toml') ? 'a' : 'w' });
  }
}
