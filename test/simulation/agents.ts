import type { Finding } from '../../src/domain/finding.ts';
import { linesOf, text } from './project.ts';
import type { Random } from './random.ts';

/** Edits a workspace in place. */
export type Edit = (files: Map<string, string>) => void;

/** What an agent is going to do: one edit after another, then an end; null: it never ends by itself. */
export interface Plan {
  name: string;
  edits: Edit[];
  exitCode: number | null;
  says: string;
}

const DONE = 'TASK COMPLETE\n';

/** Most agents fix; the others cheat, lie, crash, hang, break something, or meddle with files that others edit too. */
export function planOf(random: Random, findings: readonly Finding[]): Plan {
  const repair = findings.map((finding) => repairOf(random, finding));
  const honest = { edits: repair, exitCode: 0, says: DONE };
  const roll = random.next();
  if (roll < 0.45) return { name: 'fixes', ...honest };
  if (roll < 0.55) return { ...honest, name: 'fixes, and leaves a note', edits: [...repair, note(random)] };
  if (roll < 0.62) return { ...honest, name: 'fixes all it sees', edits: [fixAll] };
  if (roll < 0.69) return { ...honest, name: 'fixes, and breaks another', edits: [...repair, spoil(random)] };
  if (roll < 0.76) return { ...honest, name: 'weakens the tests', edits: [weaken] };
  if (roll < 0.81) return { ...honest, name: 'deletes tests', edits: [...repair, dropTests(random)] };
  if (roll < 0.85) return { ...honest, name: 'silences the linter', edits: [...repair, silence] };
  if (roll < 0.87) return { ...honest, name: 'leaves what nobody may read', edits: [...repair, close] };
  if (roll < 0.9) return { name: 'lies', edits: [], exitCode: 0, says: DONE };
  if (roll < 0.95) return { name: 'crashes', edits: repair.slice(0, 1), exitCode: 1, says: '' };
  return { name: 'hangs', edits: repair.slice(0, 1), exitCode: null, says: '' };
}

function change(files: Map<string, string>, path: string, edit: (lines: string[]) => string[]): void {
  if (files.has(path)) files.set(path, text(edit(resolved(linesOf(files.get(path))))));
}

/** A conflict is resolved to the side of those who were first. */
function resolved(lines: string[]): string[] {
  let side: 'both' | 'ours' | 'theirs' = 'both';
  return lines.filter((line) => {
    if (line.startsWith('<<<<')) side = 'ours';
    else if (line === '=======' && side === 'ours') side = 'theirs';
    else if (line.startsWith('>>>>')) side = 'both';
    else return side !== 'theirs';
    return false;
  });
}

function repairOf(random: Random, { file, title }: Finding): Edit {
  const source = (file ?? '').replace(/^test\/(.*)\.test\.js$/, 'src/$1.js');
  const style = random.chance(0.25) ? ['style=x'] : [];
  return (files) => {
    if (title === 'styles') return restyle(files);
    change(files, source, (lines) => [
      ...lines
        .filter((line) => (title === file ? line !== 'broken' : true))
        .filter((line) => (title.startsWith('smell') ? line !== 'smell' : true))
        .map((line) => (line === `${title}=bad` ? `${title}=ok` : line)),
      ...style.filter((line) => !lines.includes(line)),
    ]);
  };
}

function restyle(files: Map<string, string>): void {
  const [, ...others] = [...files.keys()].filter((path) => linesOf(files.get(path)).includes('style=x'));
  for (const path of others) change(files, path, (lines) => lines.filter((line) => line !== 'style=x'));
}

function sources(files: ReadonlyMap<string, string>): string[] {
  return [...files.keys()].filter((path) => path.startsWith('src/'));
}

function note(random: Random): Edit {
  const line = `note=${random.hex(4)}`;
  const which = random.next();
  return (files) => {
    const paths = sources(files);
    change(files, paths[Math.floor(which * paths.length)] ?? '', (lines) => [...lines, line]);
  };
}

const fixAll: Edit = (files) => {
  for (const path of sources(files)) {
    change(files, path, (lines) =>
      lines
        .filter((line) => line !== 'broken' && line !== 'smell')
        .map((line) => line.replace(/=bad$/, '=ok')),
    );
  }
};

/** One unit that worked does not any more. */
function spoil(random: Random): Edit {
  const which = random.next();
  const how = random.pick(['bad', 'broken', 'smell']);
  return (files) => {
    const paths = sources(files);
    change(files, paths[Math.floor(which * paths.length)] ?? '', (lines) =>
      how === 'bad' ? lines.map((line) => line.replace(/^(u\d)=ok$/, '$1=bad')) : [...lines, how],
    );
  };
}

const weaken: Edit = (files) => {
  for (const path of files.keys()) {
    if (path.startsWith('test/m')) {
      change(files, path, (lines) => lines.map((line) => line.replace('assert', 'weak')));
    }
  }
};

/** All of them, or those of one module, which may be none that it was asked to mend. */
function dropTests(random: Random): Edit {
  const which = random.pick(['test/m', 'test/m', 'test/m0', 'test/m1']);
  return (files) => {
    for (const path of files.keys()) if (path.startsWith(which)) change(files, path, () => []);
  };
}

const silence: Edit = (files) => {
  for (const path of sources(files)) change(files, path, (lines) => ['// eslint-disable', ...lines]);
};

/** A file that only another user may read: such a workspace cannot be saved. */
export const CLOSED = 'closed.bin';

const close: Edit = (files) => void files.set(CLOSED, text(['of another user']));

/** Something that a person commits to the branch, or an agent of somebody else. */
export function foreignEdit(random: Random): Edit {
  return random.pick<Edit>([note(random), note(random), fixAll, spoil(random)]);
}
