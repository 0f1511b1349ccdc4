// What happens in scenes, and what is known to be true meanwhile.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { commands, type Turn } from '../../support/model-server/scenario.ts';
import { waitFor } from '../../support/wait-for.ts';
import type { ScreenLaunch } from './launches.ts';
import type { Stage } from './stage.ts';

const write = "printf 'hello from the model\\n' > hello.txt";
export const writing = commands([write], 'TASK COMPLETE: wrote hello.txt') as [Turn, Turn];
export const asking = writing.map((turn) => ({ ...turn, askLeave: true })) as [Turn, Turn];
export const answer: Turn = { say: 'All is well. Nothing had to be done.' };
export const task = 'Write hello.txt.';

export async function atRest(stage: Stage): Promise<void> {
  await stage.begun();
  await stage.quiet(6000, 40_000);
  await stage.note('idle', 'it waits for its first message, which it takes at once');
}

/** A turn that is held where the model is asked, so that there is time to see it at work. */
export async function heldTurn(stage: Stage, requests: number, text = task): Promise<void> {
  stage.hold();
  await stage.say(text);
  for (let left = requests; left > 0; left -= 1) {
    await stage.asked();
    await stage.note('working', 'the model is asked and does not answer yet', { forMs: 2500 });
    if (left > 1) {
      stage.release();
      stage.hold();
    }
  }
  await stage.answered();
  await stage.note('idle', 'the last answer is whole', { forMs: 1500 });
}

async function untilAsked(stage: Stage): Promise<void> {
  await atRest(stage);
  await stage.say(task);
  await stage.asked();
  await waitFor('the answer that holds the command', () => stage.server.underWay === 0);
  await stage.quiet(1000);
  await stage.note('permission', 'it was told to run a command that it may not run unasked, and did not', {
    forMs: 1500,
  });
}

const ran = (stage: Stage): boolean => existsSync(join(stage.place.workspace, 'hello.txt'));

export async function allowed(stage: Stage, keys: readonly string[]): Promise<void> {
  await untilAsked(stage);
  stage.hold();
  await stage.press(...keys);
  await stage.asked();
  await stage.note('working', 'the command ran, and the model is asked what to do next', { forMs: 1500 });
  if (!ran(stage)) throw new Error('the command did not run');
  await stage.answered();
  await stage.note('idle', 'the last answer is whole', { forMs: 1000 });
}

export async function denied(stage: Stage, { keys }: ScreenLaunch): Promise<void> {
  await untilAsked(stage);
  const before = stage.requests;
  await stage.press(...keys.deny);
  await stage.quiet();
  await waitFor('the end of the answers', () => stage.server.underWay === 0);
  await stage.quiet();
  if (ran(stage)) throw new Error('the command ran');
  const why =
    stage.requests > before ? 'the model answered the refusal' : 'refused, and the model is not asked';
  await stage.note('idle', why, { forMs: 1000 });
}

/** Everything is refused until the client gives up. */
export async function failing(stage: Stage, { pauseMs = 15_000 }: ScreenLaunch): Promise<void> {
  await atRest(stage);
  await stage.say(task);
  await stage.asked();
  stage.pass('retrying', 'refused');
  let [seen, before] = [0, 0];
  for (let left = 5; seen !== stage.requests; left -= 1) {
    if (left === 0) return; // it would go on like this for minutes
    [seen, before] = [stage.requests, stage.moments.length];
    await stage.note('retrying', 'refused, and it will ask again', {
      forMs: 700,
      or: 'working',
      while: () => stage.requests === seen,
    });
    await waitFor('another request', () => stage.requests > seen, pauseMs).catch(() => {});
    stage.pass('working', 'it asks again');
    stage.pass('retrying', 'refused again, perhaps only to ask once more');
  }
  stage.moments.splice(before); // what was taken for a pause was the end
  await stage.note('failed', `refused, and for ${pauseMs} ms it did not ask again`, { forMs: 1000 });
}

/** Some wait until their window opens, and go on by themselves then: seen in the scene `short-window`. */
export async function limited(stage: Stage, launch: ScreenLaunch): Promise<void> {
  if (launch.waits !== true) return failing(stage, launch);
  await atRest(stage);
  await stage.say(task);
  await stage.asked();
  stage.pass('failed', 'refused');
  await stage.quiet(300, 1500);
  await stage.note('retrying', 'refused for an hour, after which it asks again', {
    forMs: 3000,
    or: 'working',
  });
}
