import type { Facts, Outcome } from './facts.ts';

/** One thing that the demo shows: files that are red, agents that behave in some way, and what must come of it. */
export interface Case {
  /** For `--json`. */
  name: string;
  /** For people, a few words. */
  title: string;
  /** Its part of the repository, by path. */
  files: Readonly<Record<string, string>>;
  rules: readonly Rule[];
  /** Compares what really happened with what had to. */
  judge(facts: Facts): Outcome;
}

/** A rule of the scripted agent: who gets this task at this attempt does these steps. */
export interface Rule {
  match: { finding: string; attempt?: number | number[] };
  steps: Step[];
}

/** The steps of the scripted agent that the demo needs. */
export type Step =
  | { say: string }
  | { replace: { file: string; from: string; to: string; optional?: boolean } }
  | { write: { file: string; text: string } }
  | { append: { file: string; text: string } }
  | { commit: string }
  | { wait: number }
  | { crash: string }
  | { hang: true; ignoreTerm?: boolean };

/** The task with a finding in `file`, at `attempt`. */
export function rule(file: string, attempt: number | number[], steps: Step[]): Rule {
  return { match: { finding: `^${file.replaceAll('.', '\\.')}$`, attempt }, steps };
}

export const firstTry = 1;
export const laterTries = [2, 3];
export const anyTry = [1, 2, 3];

/** What honest agents print and how long they think, so that there is something to watch. */
export function thinking(words: string, milliseconds: number): Step[] {
  return [{ say: words }, { wait: milliseconds }];
}

export const done: Step = { say: 'TASK COMPLETE: the failing test should pass now' };
