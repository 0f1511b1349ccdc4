import type { Engine } from '../../src/engine/engine.ts';
import { foreignEdit } from './agents.ts';
import type { Life } from './scheduler.ts';
import type { Surroundings } from './world.ts';

/** What the people around a run need: the daemon as it is now, if there is one. */
export interface Stage extends Surroundings {
  /** Null while no daemon is up. */
  engine(): Engine | null;
  life(): Life;
  request(resume: boolean): Promise<unknown>;
}

type Deed = (stage: Stage) => Promise<unknown> | void;

const deeds: Record<string, Deed> = {
  'a person retries a task': (stage) => answer(stage, 'retry'),
  'a person retries another task': (stage) => answer(stage, 'retry'),
  'a person accepts a task': (stage) => answer(stage, 'accept'),
  'a person cancels a task': (stage) => answer(stage, 'cancel'),
  'a person stops the run': (stage) => {
    const run = stage.rules.all('run').at(-1);
    return run && stage.engine()?.stop(run.id);
  },
  'a person resumes the run': (stage) => stage.request(true),
  'a person starts the same run again': (stage) => stage.request(false),
  'a person edits in the checkout': ({ git }) => void (git.dirty = true),
  'the checkout is clean again': ({ git }) => void (git.dirty = false),
  'somebody moves the target': ({ git, scheduler }) => {
    const files = new Map(git.files(git.branch));
    foreignEdit(scheduler.random)(files);
    git.branch = git.add(git.treeOf(files), [git.branch], 'of somebody else');
  },
  'the daemon is killed': ({ scheduler, life }) => scheduler.kill(life()),
  'the machine starts again': ({ scheduler, machine, life }) => {
    scheduler.kill(life());
    machine.reboot();
  },
};

function answer(stage: Stage, how: 'retry' | 'accept' | 'cancel'): Promise<unknown> | void {
  const tasks = stage.rules.all('task');
  const waiting = tasks.filter(({ state }) => (how === 'cancel' ? state !== 'done' : state === 'inbox'));
  const task = stage.scheduler.random.oneOf(waiting.length > 0 ? waiting : tasks);
  return task === null ? undefined : stage.engine()?.[how](task.id);
}

/** Some deeds at some moments of the run. */
export function planDeeds(stage: Stage): void {
  const { random } = stage.scheduler;
  const names = Object.keys(deeds);
  const count = random.pick([0, 1, 3, 8]);
  const span = random.pick([5_000, 30_000, 120_000]);
  for (let index = 0; index < count; index += 1) {
    const name = random.oneOf(names) ?? '';
    stage.scheduler.after(random.between(0, span), () => perform(stage, name));
  }
  planInterruptions(stage);
}

/** When something goes wrong at these moments, it is worst. */
const moments = [
  'task.claim',
  'session.started',
  'tree.checked',
  'attempt.verdict',
  'landing.intend',
  'run.adopted',
];

/** In some runs deeds, or the daemon's death, follow closely on such a moment, a few times. */
function planInterruptions(stage: Stage): void {
  const { random } = stage.scheduler;
  const probability = random.pick([0, 0, 0.1, 0.3]);
  let left = 6;
  stage.rules.onEvent = (type) => {
    if (!moments.includes(type) || left === 0 || !random.chance(probability)) return;
    left -= 1;
    const life = stage.life();
    if (random.chance(0.3)) life.diesAt = life.calls + random.between(1, 5);
    const name = random.oneOf(Object.keys(deeds)) ?? '';
    stage.scheduler.after(random.pick([0, 0, random.between(0, 30)]), () => perform(stage, name));
  };
}

function perform(stage: Stage, name: string): void {
  const { scheduler } = stage;
  scheduler.note(name);
  const refused = (error: unknown): void => {
    const expected = error instanceof Error && error.name === 'AoError';
    scheduler.note(`refused: ${String(error)}`);
    if (!expected && scheduler.violation === null) {
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      scheduler.violation = new Error(`${name}, and that fails: ${text}`);
    }
  };
  Promise.resolve(deeds[name]?.(stage)).catch(refused);
}
