import type { Script, Step } from '../../src/adapters/agents/scripted/script.ts';
import type { Noticed } from './break-project.ts';
import { inverse, type Mutation } from './mutate.ts';

/** The part of what `ao fix --dry-run --json` prints that the script is written for. */
export interface PlannedTasks {
  tasks: { title: string; findings: string[] }[];
}

interface Known {
  mistakes: readonly Noticed[];
  /** One more that the tests would notice, for an agent to make. */
  spare: Mutation;
  /** Texts of the broken files. */
  broken: ReadonlyMap<string, string>;
}

/**
 * Agents that know what mends each task: the inverse of every mistake that its findings were read of. The first agent
 * makes a new mistake beside it, the second one only says that it is done; both do right the second time.
 */
export function writeScript({ tasks }: PlannedTasks, known: Known): Script {
  const mend = ({ mutation }: Noticed): Step => replacing(known.broken.get(mutation.file) ?? '', mutation);
  const spareText = known.broken.get(known.spare.file) ?? '';
  const turned = { ...known.spare, before: known.spare.after, after: known.spare.before };
  const spoil = replacing(spareText, turned);
  const unspoil = reversed(spoil);
  const rules = tasks.flatMap(({ findings }, index) => {
    const causes = known.mistakes.filter((one) => findings.some((id) => one.findings.has(id)));
    const right = (causes.length > 0 ? causes : known.mistakes).map(mend);
    const finding = `^(?:${findings.join('|')})$`;
    const wrong = index === 0 ? [...right, spoil] : index === 1 ? [] : null;
    const last = { match: { finding }, steps: [...right, unspoil] };
    if (wrong === null) return [last];
    return [{ match: { finding, attempt: 1 }, steps: [...wrong, { say: 'TASK COMPLETE: done' }] }, last];
  });
  return { rules, otherwise: [...known.mistakes.map(mend), unspoil] };
}

/** Optional: what landed meanwhile may have mended it already. */
function replacing(text: string, mutation: Mutation): Extract<Step, { replace: unknown }> {
  return { replace: { file: mutation.file, ...inverse(text, mutation), optional: true } };
}

function reversed({ replace }: Extract<Step, { replace: unknown }>): Step {
  return { replace: { ...replace, from: replace.to, to: replace.from } };
}
