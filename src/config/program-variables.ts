import { AoError } from '../domain/errors.ts';

/** What the variables of the whole program say to a daemon when it starts. */
export interface ProgramVariables {
  synchronous: 'full' | 'normal';
  diskReserveBytes: number;
  mostOutputBytes: number;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Rejects what is wrong, by the name of the variable. */
export function readProgramVariables(env: Environment): ProgramVariables {
  return {
    synchronous: synchronous(env['AO_SQLITE_SYNCHRONOUS'] || 'full'),
    diskReserveBytes: size(env, 'AO_DISK_RESERVE', '200M'),
    mostOutputBytes: size(env, 'AO_OUTPUT_LIMIT', '200M'),
  };
}

function synchronous(given: string): 'full' | 'normal' {
  if (given === 'full' || given === 'normal') return given;
  throw new AoError(
    'config',
    `AO_SQLITE_SYNCHRONOUS: there is no "${given}"`,
    'Choose one of full, normal, or unset it.',
  );
}

function size(env: Environment, name: string, fallback: string): number {
  const given = env[name] || fallback;
  const [, count, unit = ''] = /^(\d{1,9})([KMG]?)$/.exec(given) ?? [];
  if (count !== undefined) return Number(count) * ({ K: 1e3, M: 1e6, G: 1e9 }[unit] ?? 1);
  throw new AoError(
    'config',
    `${name}: "${given}" is no size`,
    `Write it like 500M or 2G, or unset it (${fallback}).`,
  );
}
