import { foreignEdit } from './agents.ts';
import type { Deed, Stage } from './stage.ts';
import { turningPoints, words } from './talkers.ts';

const ordinary: Record<string, Deed> = {
  'a person retries a task': (stage) => answer(stage, 'retry'),
  'a person retries another task': (stage) => answer(stage, 'retry'),
  'a person accepts a task': (stage) => answer(stage, 'accept'),
  'a person cancels a task': (stage) => answer(stage, 'cancel'),
  'a person cancels a task that is being judged': (stage) => {
    const task = stage.scheduler.random.oneOf(judged(stage));
    return task === null ? undefined : stage.engine()?.cancel(task);
  },
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
  'an agent is killed': ({ scheduler, machine }) => {
    const process = scheduler.random.oneOf(machine.living());
    if (process !== null) machine.end(process, { state: 'exited', code: null, signal: 'SIGKILL' });
  },
  'the daemon is killed': ({ scheduler, life }) => scheduler.kill(life()),
  'the machine starts again': ({ scheduler, machine, life }) => {
    scheduler.kill(life());
    machine.reboot();
  },
};

const all = { ...ordinary, ...words };

function deedsOf({ scheduler }: Stage): string[] {
  return Object.keys(scheduler.elements.dialog === null ? ordinary : all);
}

function answer(stage: Stage, how: 'retry' | 'accept' | 'cancel'): Promise<unknown> | void {
  const tasks = stage.rules.all('task');
  const waiting = tasks.filter(({ state }) => (how === 'cancel' ? state !== 'done' : state === 'inbox'));
  const task = stage.scheduler.random.oneOf(waiting.length > 0 ? waiting : tasks);
  return task === null ? undefined : stage.engine()?.[how](task.id);
}

/** Tasks of attempts whose work is saved and has no verdict yet. */
function judged({ rules }: Stage): string[] {
  return rules.all('attempt').flatMap(({ task, change, endedAt }) => {
    return change !== null && endedAt === null ? [task] : [];
  });
}

/** Some deeds at some moments of the run. */
export function planDeeds(stage: Stage): void {
  const { random } = stage.scheduler;
  const names = deedsOf(stage);
  const count = random.pick([0, 1, 3, 8]);
  const span = random.pick([5_000, 30_000, 120_000]);
  for (let index = 0; index < count; index += 1) {
    const name = random.oneOf(names) ?? '';
    stage.scheduler.after(random.between(0, span), () => perform(stage, name));
  }
  planInterruptions(stage);
}

/** When something goes wrong at these moments, it is worst, and these deeds (some of them together) are the worst of all. */
const moments: Record<string, readonly string[][]> = {
  'task.claim': [],
  'session.started': [],
  'tree.checked': [['a person cancels a task that is being judged']],
  'attempt.verdict': [['a person retries a task']],
  'task.park': [['a person retries a task'], ['a person accepts a task']],
  'landing.intend': [
    ['somebody moves the target'],
    ['somebody moves the target', 'an agent is killed'],
    ['somebody moves the target', 'an agent is killed', 'a person retries a task'],
  ],
  'target.adopted': [],
  'run.adopted': [],
};

/** In some runs deeds, or the daemon's death, follow closely on such a moment, a few times. */
function planInterruptions(stage: Stage): void {
  const { random } = stage.scheduler;
  const probability = random.pick([0, 0.1, 0.3, 0.6]);
  const { dialog } = stage.scheduler.elements;
  const when = dialog === null ? moments : { ...moments, ...turningPoints };
  let left = 8;
  stage.rules.onEvent = (type) => {
    if (type === 'session.ask') attend(stage);
    const worst = when[type];
    if (worst === undefined || left === 0 || !random.chance(probability)) return;
    left -= 1;
    const life = stage.life();
    if (random.chance(0.3)) life.diesAt = life.calls + random.between(1, 5);
    const chosen = random.chance(0.7) ? random.oneOf(worst) : null;
    for (const name of chosen ?? [random.oneOf(deedsOf(stage)) ?? '']) {
      stage.scheduler.after(random.pick([0, 0, random.between(0, 30)]), () => perform(stage, name));
    }
  };
}

/** Most questions find somebody who answers them at some time, and some two at once. */
function attend(stage: Stage): void {
  const { random } = stage.scheduler;
  const delay = random.between(0, 8_000);
  for (let people = random.pick([0, 1, 1, 1, 1, 1, 2, 2]); people > 0; people -= 1) {
    const name = `a person ${random.chance(0.7) ? 'allows' : 'denies'} what an agent asks`;
    stage.scheduler.after(delay + random.between(0, 2), () => perform(stage, name));
  }
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
  Promise.resolve(all[name]?.(stage)).catch(refused);
}
