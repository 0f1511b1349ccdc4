import { findingsOf } from '../../src/domain/check-result.ts';
import { Random } from '../simulation/random.ts';
import type { Lab } from './lab.ts';
import { inverse, isFarFrom, type Mutation, mutate, mutationsOf } from './mutate.ts';

/** A mistake that the project's own tests notice, and what ao reads of it when it is the only one. */
export interface Noticed {
  mutation: Mutation;
  findings: ReadonlySet<string>;
}

const wanted = 4;
/** A mistake that breaks everything says little about telling one from another. */
const mostFindings = 12;
const mostTries = 60;
/** Some mistakes keep tests from ending: those are left out. */
const timeoutMs = 15_000;

/** Some mistakes, by chance from the seed, that the tests notice one by one and that lie apart. */
export async function findMistakes(lab: Lab, files: readonly string[], seed: number): Promise<Noticed[]> {
  const random = new Random(seed);
  const texts = new Map<string, string>();
  for (const file of files) texts.set(file, await lab.read(file));
  const candidates = shuffled(
    [...texts].flatMap(([file, text]) => mutationsOf(file, text)),
    random,
  );
  const found: Noticed[] = [];
  for (const mutation of candidates.slice(0, mostTries)) {
    if (found.length === wanted) break;
    const text = texts.get(mutation.file) ?? '';
    const chosen = found.map((one) => one.mutation);
    if (!isFarFrom(mutation, chosen) || !canBeMended(text, mutation)) continue;
    const findings = await noticed(lab, mutation, text);
    if (findings.size > 0 && findings.size <= mostFindings) found.push({ mutation, findings });
  }
  return found;
}

async function noticed(lab: Lab, mutation: Mutation, text: string): Promise<ReadonlySet<string>> {
  await lab.write(mutation.file, mutate(text, mutation));
  try {
    const checks = await lab.look({ timeoutMs });
    const isRead = checks.every(({ outcome }) => outcome === 'passed' || outcome === 'failed');
    return new Set(isRead ? findingsOf({ tree: '', checks }).map(({ id }) => id) : []);
  } finally {
    await lab.write(mutation.file, text);
  }
}

function canBeMended(text: string, mutation: Mutation): boolean {
  try {
    inverse(mutate(text, mutation), mutation);
    inverse(text, { ...mutation, before: mutation.after, after: mutation.before });
    return true;
  } catch {
    return false;
  }
}

function shuffled<T>(items: readonly T[], random: Random): T[] {
  return items
    .map((item) => ({ item, place: random.next() }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ item }) => item);
}
