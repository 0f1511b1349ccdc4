import type { TaskView } from '../../api/contract/responses.ts';
import type { Meaning } from './paint.ts';

interface Phase {
  /** As people read it: the word carries the meaning, the colour only underlines it. */
  word: string;
  meaning: Meaning;
  /** Which rows stay when not all fit: smaller first. */
  rank: number;
}

const phases: Record<string, Phase> = {
  needs_you: { word: 'needs you', meaning: 'attention', rank: 1 },
  stuck: { word: 'stuck', meaning: 'attention', rank: 0 },
  asking: { word: 'asks you', meaning: 'attention', rank: 0 },
  working: { word: 'working', meaning: 'active', rank: 0 },
  starting: { word: 'starting', meaning: 'active', rank: 0 },
  checking: { word: 'checking', meaning: 'active', rank: 0 },
  landing: { word: 'landing', meaning: 'active', rank: 0 },
  queued: { word: 'queued', meaning: 'active', rank: 2 },
  waiting: { word: 'waiting', meaning: 'quiet', rank: 3 },
  inbox: { word: 'inbox', meaning: 'quiet', rank: 3 },
  cancelled: { word: 'cancelled', meaning: 'quiet', rank: 4 },
  landed: { word: 'landed', meaning: 'good', rank: 5 },
  fixed: { word: 'fixed', meaning: 'good', rank: 5 },
};

export function phaseOf(task: Pick<TaskView, 'phase'>): Phase {
  return phases[task.phase] ?? { word: task.phase, meaning: 'plain', rank: 3 };
}

/** Something is going on for it right now. */
export function isBusy(task: Pick<TaskView, 'phase'>): boolean {
  return phaseOf(task).rank === 0;
}

/** Landed by itself, or made unnecessary by another landing. */
export function isDone(task: Pick<TaskView, 'phase'>): boolean {
  return task.phase === 'landed' || task.phase === 'fixed';
}

/** `3 waiting, 2 landed`, in the order of first appearance. */
export function countPhases(tasks: readonly Pick<TaskView, 'phase'>[]): string {
  const counts = new Map<string, number>();
  for (const task of tasks) {
    const { word } = phaseOf(task);
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return [...counts].map(([word, count]) => `${count} ${word}`).join(', ');
}
