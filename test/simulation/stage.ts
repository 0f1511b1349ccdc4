import type { Engine } from '../../src/engine/engine.ts';
import type { Life } from './scheduler.ts';
import type { Surroundings } from './world.ts';

/** What the people around a run need: the daemon as it is now, if there is one. */
export interface Stage extends Surroundings {
  /** Null while no daemon is up. */
  engine(): Engine | null;
  life(): Life;
  request(resume: boolean): Promise<unknown>;
}

export type Deed = (stage: Stage) => Promise<unknown> | void;
