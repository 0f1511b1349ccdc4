import { createHash } from 'node:crypto';
import * as realFiles from 'node:fs/promises';
import { registerHooks } from 'node:module';

/** What stands in for the operating system below the engine: files, processes, timers and chance. */
export interface System {
  files: Record<(typeof fileCalls)[number], (...given: never[]) => Promise<unknown>>;
  endTree(tree: { mark: string }): Promise<number[]>;
  delay(ms: number, value?: unknown, options?: { signal?: AbortSignal }): Promise<void>;
  randomBytes(size: number): Buffer;
  setInterval(run: () => void, ms: number): { unref(): unknown };
  setTimeout(run: () => void, ms: number): { unref(): unknown };
  clearInterval(timer: unknown): void;
  timeoutSignal(ms: number): AbortSignal;
  anySignal(all: AbortSignal[]): AbortSignal;
}

/** A planted bug: `find` stands in the file (below `src/`) exactly once. */
export interface Plant {
  file: string;
  find: string;
  replace: string;
}

export type EngineModule = typeof import('../../src/engine/create-engine.ts');

const fileCalls = [
  'access',
  'lstat',
  'mkdir',
  'mkdtemp',
  'readdir',
  'realpath',
  'rename',
  'rm',
  'rmdir',
  'stat',
  'writeFile',
] as const;

const key = 'ao.simulation';
const system = `globalThis[Symbol.for('${key}')]`;
const stand = (name: string, call: string): string =>
  `export const ${name} = (...given) => ${call}(...given);\n`;
const replacements = new Map([
  ['node:fs/promises', standForFiles()],
  ['node:timers/promises', stand('setTimeout', `${system}.delay`)],
  [
    'node:crypto',
    `export const createHash = ${system}.createHash;\n${stand('randomBytes', `${system}.randomBytes`)}` +
      `export const randomUUID = () => ${system}.randomBytes(16).toString('hex');\n`,
  ],
  ['process-tree.ts', stand('endTree', `${system}.endTree`)],
]);
/** In front of the engine's files, on their first line: their timers are the simulation's. */
const timers =
  `const setInterval = (...given) => ${system}.setInterval(...given), clearInterval = (timer) => ${system}.clearInterval(timer), ` +
  `setTimeout = (...given) => ${system}.setTimeout(...given), clearTimeout = clearInterval, ` +
  `AbortSignal = { any: (all) => ${system}.anySignal(all), timeout: (ms) => ${system}.timeoutSignal(ms) };`;

/** What the engine does not use today is named when it does. */
function standForFiles(): string {
  const known: readonly string[] = fileCalls;
  return Object.keys(realFiles)
    .filter((name) => name !== 'default')
    .map((name) =>
      known.includes(name)
        ? stand(name, `${system}.files.${name}`)
        : `export const ${name} = () => { throw new Error('the simulated disk has no ${name}'); };\n`,
    )
    .join('');
}

const source = new URL('../../src/', import.meta.url).href;
/** One class for both sides, so that `instanceof` holds. */
const shared = `${source}domain/errors.ts`;
const plants = new Map<string, Plant>();
const planted = new Set<string>();
let hooked = false;

/** The system that the engine's files see from now on. One simulation at a time. */
export function useSystem(now: System): void {
  Object.assign(globalThis, { [Symbol.for(key)]: { ...now, createHash } });
}

/** The real engine, file by file as it is, on another operating system; with one planted bug where there is one. */
export async function loadEngine(plant: ({ name: string } & Plant) | null): Promise<EngineModule> {
  hook();
  const variant = plant === null ? 'as-it-is' : plant.name.replaceAll(/\W+/g, '-');
  if (plant !== null) plants.set(variant, plant);
  useSystem(nothing);
  const engine = await import(`${source}engine/create-engine.ts?simulated=${variant}`);
  if (plant !== null && !planted.has(variant)) throw new Error(`${plant.file} is not part of the engine`);
  return engine as EngineModule;
}

const nothing = {} as System;

/** Files that are reached from a simulated one are simulated too, as modules of their own. */
function hook(): void {
  if (hooked) return;
  hooked = true;
  registerHooks({
    resolve(specifier, context, next) {
      const variant = variantOf(context.parentURL);
      if (variant === null) return next(specifier, context);
      const name = replacements.has(specifier) ? specifier : specifier.split('/').at(-1);
      if (name !== undefined && replacements.has(name)) {
        return { url: `simulated:${name}`, format: 'module', shortCircuit: true };
      }
      const found = next(specifier, context);
      if (found.url === shared) return found;
      return found.url.startsWith(source) ? { ...found, url: `${found.url}?simulated=${variant}` } : found;
    },
    load(url, context, next) {
      if (url.startsWith('simulated:')) {
        const text = replacements.get(url.slice('simulated:'.length)) ?? '';
        return { format: 'module', source: text, shortCircuit: true };
      }
      const variant = variantOf(url);
      const loaded = next(url, context);
      if (variant === null || loaded.source === undefined || loaded.source === null) return loaded;
      const file = url.slice(source.length, url.indexOf('?'));
      const text = withPlant(loaded.source.toString(), file, variant);
      return { ...loaded, source: file.startsWith('engine/') ? `${timers}${text}` : text };
    },
  });
}

function variantOf(url: string | undefined): string | null {
  if (!url?.startsWith(source)) return null;
  return new URL(url).searchParams.get('simulated');
}

function withPlant(text: string, file: string, variant: string): string {
  const plant = plants.get(variant);
  if (plant?.file !== file) return text;
  if (text.split(plant.find).length !== 2) throw new Error(`${file} does not hold once: ${plant.find}`);
  planted.add(variant);
  return text.replace(plant.find, () => plant.replace);
}
