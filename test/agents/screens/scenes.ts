// The scenes that are recorded of every client. Each knows what is true from the model server and from what it typed itself.
import { always, commands, type Fault, forEver, type Scenario } from '../../support/model-server/scenario.ts';
import {
  allowed,
  answer,
  asking,
  atRest,
  denied,
  failing,
  heldTurn,
  limited,
  task,
  writing,
} from './acts.ts';
import { stableHash } from '../../../src/lib/stable-hash.ts';
import { waitFor } from '../../support/wait-for.ts';
import { askingWords, failingWords, restingWords, workingWords } from './look-alikes.ts';
import type { Mode, ScreenLaunch } from './launches.ts';
import type { Stage } from './stage.ts';

export interface Scene {
  name: string;
  mode: Mode;
  /** Lies in the workspace. */
  notes?: string;
  /** Of the model server, under the scene's name. */
  scenario: Scenario;
  /** Its dialog of that name is left unanswered. */
  dialog?: string;
  /** Where it makes sense. */
  only?: (launch: ScreenLaunch) => boolean;
  /** With a login that has windows of usage. */
  subscriber?: true;
  drive: (stage: Stage, launch: ScreenLaunch) => Promise<void>;
}

const fault = (kind: Fault['kind'], more: Partial<Fault> = {}): Scenario =>
  always({ ...answer, faults: [{ kind, times: forEver, ...more }] });

/** The model says what looks like the client's own words, first slowly, and then as its last answer. */
const saying = ([name, words]: [string, string]): Scene => ({
  name: `says-${name}`,
  mode: 'free',
  scenario: [
    { when: 'slowly', turns: [{ say: `${words}\n`, pace: 900 }] },
    { when: 'at once', turns: [{ say: words }] },
  ],
  drive: async (stage) => {
    await atRest(stage);
    await stage.say('Say it slowly.');
    await stage.asked();
    const atWork = (): boolean => stage.server.underWay > 0;
    await stage.note('working', 'the answer is not whole yet', { forMs: 60_000, while: atWork });
    await stage.answered();
    await stage.note('idle', 'the answer is whole', { forMs: 500 });
    await heldTurn(stage, 1, 'Say it at once.');
  },
});

/** A command prints what looks like the client's own words, behind more than a screen of others. */
function reading(name: string, words: string): Scene {
  const lines = Array.from({ length: 80 }, (_, at) => `${at + 1}: ${stableHash([String(at)])}`);
  return {
    name: `reads-${name}`,
    mode: 'free',
    notes: `${lines.join('\n')}\n${words}\n`,
    scenario: always(...commands(['cat notes.txt'], `${lines.join('\n\n')}\n\n${words}`)),
    drive: async (stage) => {
      await atRest(stage);
      await heldTurn(stage, 2, 'Read the notes.');
    },
  };
}

const dialog = (name: string): Scene => ({
  name,
  mode: 'ask',
  dialog: name,
  scenario: always(answer),
  drive: async (stage) => {
    await stage.quiet(8000, 60_000);
    await stage.note('dialog', 'nobody has answered this for it', { forMs: 1000 });
    if (stage.requests > 0) throw new Error('it asked the model');
  },
});

export const scenesOf = (launch: ScreenLaunch): readonly Scene[] => [
  ...scenes.filter(({ only }) => only?.(launch) ?? true),
  ...Object.keys(launch.dialogs).map(dialog),
];

const scenes: readonly Scene[] = [
  {
    name: 'success',
    mode: 'free',
    scenario: always(...writing),
    drive: async (stage) => {
      await atRest(stage);
      await heldTurn(stage, 2);
    },
  },
  {
    name: 'second-turn',
    mode: 'free',
    scenario: always(answer),
    drive: async (stage) => {
      await atRest(stage);
      await heldTurn(stage, 1, 'First.');
      await heldTurn(stage, 1, 'Second.');
    },
  },
  {
    name: 'quick',
    mode: 'free',
    scenario: always(answer),
    drive: async (stage) => {
      await atRest(stage);
      for (const text of ['First.', 'Second.']) {
        await stage.say(text);
        await stage.asked();
        await stage.answered();
        await stage.note('idle', 'the last answer is whole', { forMs: 500 });
      }
    },
  },
  ...Object.entries({
    asking: askingWords,
    failing: failingWords,
    resting: restingWords,
    working: workingWords,
  }).map(saying),
  reading('resting', restingWords),
  reading('asking', askingWords),
  {
    name: 'slow',
    mode: 'free',
    scenario: always({
      say: 'A long answer that comes slowly, piece by piece, so that there is time.',
      pace: 1200,
    }),
    drive: async (stage) => {
      await atRest(stage);
      await stage.say(task);
      await stage.asked();
      const atWork = (): boolean => stage.server.underWay > 0;
      await stage.note('working', 'the answer is not whole yet', { forMs: 60_000, while: atWork });
      await stage.answered();
      await stage.note('idle', 'the last answer is whole', { forMs: 1000 });
    },
  },
  {
    name: 'allowed',
    mode: 'ask',
    scenario: always(...asking),
    drive: (stage, { keys }) => allowed(stage, keys.allow),
  },
  {
    name: 'always-allowed',
    mode: 'ask',
    scenario: always(...asking),
    drive: (stage, { keys }) => allowed(stage, keys.always),
  },
  { name: 'denied', mode: 'ask', scenario: always(...asking), drive: denied },
  {
    name: 'rate-limit-once',
    mode: 'free',
    scenario: always({ ...answer, faults: [{ kind: 'rate_limit', times: 1, retryAfter: 5 }] }),
    drive: async (stage) => {
      await atRest(stage);
      await stage.say(task);
      await stage.asked();
      await stage.note('retrying', 'refused; it will ask again', { forMs: 2500, or: 'working' });
      stage.hold();
      await stage.asked();
      await stage.note('working', 'asked again, and not answered yet', { forMs: 1500 });
      await stage.answered();
      await stage.note('idle', 'the last answer is whole', { forMs: 1000 });
    },
  },
  { name: 'rate-limit', mode: 'free', scenario: fault('rate_limit', { retryAfter: 1 }), drive: failing },
  { name: 'overloaded', mode: 'free', scenario: fault('overloaded'), drive: failing },
  { name: 'server-error', mode: 'free', scenario: fault('server_error'), drive: failing },
  { name: 'unauthorized', mode: 'free', scenario: fault('unauthorized'), drive: failing },
  {
    name: 'usage-limit',
    mode: 'free',
    subscriber: true,
    scenario: fault('usage_limit', { resetsIn: 3600 }),
    drive: limited,
  },
  {
    name: 'short-window',
    mode: 'free',
    subscriber: true,
    only: (launch) => launch.waits === true,
    scenario: always({ ...answer, faults: [{ kind: 'usage_limit', times: 1, resetsIn: 20 }] }),
    drive: async (stage) => {
      await atRest(stage);
      await stage.say(task);
      await stage.asked();
      stage.pass('failed', 'refused');
      await stage.quiet(300, 1500);
      await stage.note('retrying', 'refused for 20 s, after which it asks again', {
        forMs: 2000,
        or: 'working',
      });
      stage.hold();
      await stage.asked(240_000);
      await stage.note('working', 'asked again, and not answered yet', { forMs: 1000 });
      await stage.answered();
      await stage.note('idle', 'the last answer is whole', { forMs: 1000 });
    },
  },
  { name: 'quota', mode: 'free', scenario: fault('quota'), drive: failing },
  {
    name: 'hang',
    mode: 'free',
    scenario: fault('hang'),
    drive: async (stage) => {
      await atRest(stage);
      await stage.say(task);
      await stage.asked();
      await stage.note('working', 'the model is asked and does not answer', { forMs: 12_000 });
    },
  },
  {
    name: 'draft',
    mode: 'free',
    scenario: always(answer),
    drive: async (stage) => {
      await atRest(stage);
      await stage.type('half of a thought');
      await stage.quiet(1000);
      await stage.note('idle', 'typed, and not sent', { draft: 'half of a thought' });
      stage.hold();
      await stage.press('Enter');
      await stage.asked();
      await stage.note('working', 'the model is asked and does not answer yet', { forMs: 800, draft: '' });
      await stage.type('the next thought');
      await stage.quiet(500, 1500);
      await stage.note('working', 'typed while it works, and not sent', {
        forMs: 800,
        draft: 'the next thought',
      });
    },
  },
  {
    name: 'queued',
    mode: 'free',
    scenario: always(...writing),
    drive: async (stage) => {
      await atRest(stage);
      stage.hold();
      await stage.say(task);
      await stage.asked();
      await stage.say('And then say so.');
      await stage.note('working', 'a message waits; the model does not answer yet', { forMs: 2000 });
      await stage.answered();
      await stage.note('idle', 'every answer is whole', { forMs: 1000 });
    },
  },
  {
    name: 'interrupted',
    mode: 'free',
    scenario: always({ ...answer, pace: 1500 }),
    drive: async (stage) => {
      await atRest(stage);
      await stage.say(task);
      await stage.asked();
      await stage.note('working', 'the answer is not whole yet', { forMs: 2000 });
      await stage.press('Escape');
      await waitFor('the end of the request', () => stage.server.underWay === 0);
      await stage.quiet();
      await stage.note('idle', 'it was told to stop and has closed its request', { forMs: 1000 });
    },
  },
];
