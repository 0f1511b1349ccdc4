import { openMemoryStore } from '../../src/adapters/stores/memory/index.ts';
import { AoError } from '../../src/domain/errors.ts';
import type { RunOptions } from '../../src/domain/run.ts';
import type { Engine, FixRequest } from '../../src/engine/engine.ts';
import { Elements } from './elements.ts';
import { Git } from './git.ts';
import { type EngineModule, useSystem } from './load-engine.ts';
import { Machine } from './machine.ts';
import { planDeeds } from './people.ts';
import { makeProject } from './project.ts';
import { Random } from './random.ts';
import { Rules } from './rules.ts';
import { type Life, Scheduler } from './scheduler.ts';
import type { Stage } from './stage.ts';
import { makeSystem } from './system.ts';
import { makeWorld, type Surroundings } from './world.ts';

/** No run of this size needs more; one that does goes round in circles. */
const MAX_STEPS = 20_000;

export interface Outcome {
  seed: number;
  /** The first invariant that did not hold, or null. */
  violation: string | null;
  /** How the run ended; `none` where it never began. */
  outcome: string;
  steps: number;
  trace: string[];
  /** What came about, for the test that the simulation looks into all corners. */
  events: string[];
}

/** One run of the real engine in a world that the seed makes up. The same seed gives the same trace. */
export async function simulate(engine: EngineModule, seed: number): Promise<Outcome> {
  const random = new Random(seed);
  const scheduler = new Scheduler(random, new Elements(seed));
  const project = makeProject(random);
  const git = new Git(project.files);
  const machine = new Machine(scheduler);
  const rules = new Rules({ scheduler, git, machine, project });
  const store = openMemoryStore(scheduler.clock);
  const around: Surroundings = { scheduler, git, machine, project, rules, store };
  const daemon = new Daemon(engine, around);
  const stage: Stage = {
    ...around,
    engine: () => daemon.engine,
    life: () => daemon.life,
    request: (resume) => daemon.request(resume),
  };
  scheduler.note(`seed ${seed}: ${JSON.stringify([...project.files])}, options ${daemon.describe()}`);
  scheduler.after(0, () => daemon.start());
  planDeeds(stage);
  await play(scheduler, rules);
  const run = rules.all('run').at(-1);
  if (scheduler.violation === null && run !== undefined && run.state !== 'finished')
    scheduler.violation = new Error(`the run is ${run.state} and nothing is left to happen`);
  return {
    seed,
    violation: scheduler.violation?.message ?? null,
    outcome: run?.outcome ?? 'none',
    steps: scheduler.steps,
    trace: scheduler.trace,
    events: (await store.events(0, {}, 100_000)).map(({ type }) => type),
  };
}

/** What a person reads when a seed fails, and how to see it again. */
export function describeFailure({ seed, violation, trace }: Outcome): string {
  const shown = trace.length > 120 ? [...trace.slice(0, 20), '        …', ...trace.slice(-100)] : trace;
  return `seed ${seed}: ${violation}\n\n${shown.join('\n')}\n\nAgain: npm run simulate -- --seed ${seed} --seeds 1\n`;
}

/** Until nothing but the slow timers of a finished run's daemon is left. */
async function play(scheduler: Scheduler, rules: Rules): Promise<void> {
  while (scheduler.violation === null && (await scheduler.step())) {
    if (scheduler.steps > MAX_STEPS) {
      const run = rules.all('run').at(-1);
      scheduler.violation = new Error(
        `after ${MAX_STEPS} steps the run is still ${run?.state ?? 'not there'}`,
      );
    }
  }
}

/** The daemon of the simulated machine: it comes back by itself some time after it died. */
class Daemon {
  engine: Engine | null = null;
  life: Life;
  readonly #engine: EngineModule;
  readonly #around: Surroundings;
  readonly #request: FixRequest;
  /** Numbers of the questions at which lives end; then they go on. */
  readonly #deaths: number[];
  #asked = false;

  constructor(engine: EngineModule, around: Surroundings) {
    this.#engine = engine;
    this.#around = around;
    const { random } = around.scheduler;
    this.#deaths = Array.from({ length: random.pick([0, 0, 1, 4]) }, () =>
      random.between(1, random.pick([60, 400, 900])),
    );
    this.life = { ...this.#newLife(0), dead: true };
    const options = runOptions(around.scheduler);
    this.#request = { path: '/repository', branch: null, options, env: {}, resume: false };
    around.scheduler.onDeath = () => {
      this.engine = null;
      around.scheduler.after(random.between(1, 3_000), () => this.start());
    };
    useSystem(makeSystem(around, () => this.life));
  }

  describe(): string {
    const { concurrency, checkConcurrency, maxAttempts, maxRounds, group } = this.#request.options;
    return JSON.stringify({ concurrency, checkConcurrency, maxAttempts, maxRounds, group });
  }

  start(): void {
    if (!this.life.dead) return;
    this.life = this.#newLife(this.life.number + 1);
    const { life } = this;
    this.#around.scheduler.note(`daemon ${life.number} starts`);
    const opened = this.#engine.createEngine(makeWorld(this.#around, life));
    opened
      .then((engine) => {
        if (life.dead) return;
        this.engine = engine;
        return this.#ask(life);
      })
      .catch((error: unknown) => {
        this.#around.scheduler.violation ??= new Error(`the daemon does not start: ${String(error)}`);
      });
  }

  /** As a person would: once more where the disk did not take it. */
  async #ask(life: Life): Promise<void> {
    if (this.#asked || life.dead) return;
    try {
      await this.request(false);
      this.#asked = true;
    } catch (error) {
      const { scheduler } = this.#around;
      if (!scheduler.elements.hasSpells || !(error instanceof AoError)) throw error;
      scheduler.after(1_000, () => void this.#ask(life));
    }
  }

  async request(resume: boolean): Promise<unknown> {
    return this.engine?.fix({ ...this.#request, resume });
  }

  #newLife(number: number): Life {
    return { number, dead: false, calls: 0, diesAt: this.#deaths.shift() ?? -1 };
  }
}

function runOptions({ random, elements }: Scheduler): RunOptions {
  return {
    checks: ['test', 'lint'].map((name) => ({ name, command: name, timeoutMs: 60_000 })),
    setup: null,
    agent: elements.dialog === null ? 'simulated' : 'talkative',
    agentCommand: null,
    agentScript: null,
    concurrency: random.pick([1, 1, 2, 3, 4]),
    checkConcurrency: random.between(1, 3),
    maxAttempts: random.between(1, 3),
    maxRounds: random.between(1, 4),
    group: random.pick(['finding', 'file', 'auto']),
    scope: null,
    workspace: 'clone',
    allowTestEdits: false,
    policy: random.chance(0.8),
    attemptTimeoutMs: 30_000,
  };
}
