/** What the system knows about running processes. Linux reads /proc; macOS asks `ps` (built, not tested there). */
import { execFile } from 'node:child_process';
import { constants, readdirSync, readlinkSync } from 'node:fs';
import { promisify } from 'node:util';
import { readProcFile } from './proc-file.ts';

export interface ProcessRow {
  pid: number;
  ppid: number;
  /** Session id on Linux, process group on macOS (which does not show sessions). */
  sid: number;
  /** Process group. */
  pgid: number;
  /** True where it has a controlling terminal: a person's, never a session's of ours. */
  terminal: boolean;
  /** `<boot>:<ticks>`; equal for two readings only when they saw the same process. */
  startTime: string;
  /** Value of `AO_MARK` in its environment, null when there is none or it may not be read. */
  mark: string | null;
  /** Its environment can be read and has no HOME, which all that a person starts has. Linux only. */
  bare: boolean;
}

const run = promisify(execFile);
const onLinux = process.platform === 'linux';

/** Every living process, zombies left out. */
export async function readProcessTable(): Promise<ProcessRow[]> {
  return onLinux ? readProc() : readPs(['-ax']);
}

/** Kernel start time of `pid` as `<boot>:<ticks>`, or null when no such process lives (a zombie does not). */
export async function readStartTime(pid: number): Promise<string | null> {
  if (pid <= 0) return null;
  if (onLinux) return startTimeFromProc(pid);
  const rows = await readPs(['-p', String(pid)]);
  return rows[0]?.startTime ?? null;
}

/** The machine's current boot, the part of a start time before the colon. */
export function bootOf(startTime: string): string {
  return startTime.slice(0, startTime.indexOf(':'));
}

/** True when `later` did not start before `earlier`; false for start times of different boots. */
export function startedSince(later: string, earlier: string): boolean {
  return bootOf(later) === bootOf(earlier) && ticksOf(later) >= ticksOf(earlier);
}

function ticksOf(startTime: string): number {
  return Number(startTime.slice(startTime.indexOf(':') + 1));
}

/** Its pid as we see it, then as each pid namespace sees it that it is in and we are not, the innermost last. */
export function pidsOf(pid: number): number[] {
  const line = onLinux && /^NSpid:\s(.*)$/m.exec(readProcFile(`/proc/${pid}/status`) ?? '')?.[1];
  return line ? line.split('\t').map(Number) : [pid];
}

/** Arguments of a process, null when it has ended. */
export async function readArguments(pid: number): Promise<string | null> {
  if (onLinux) return readProcFile(`/proc/${pid}/cmdline`)?.replaceAll('\0', ' ').trim() || null;
  const { stdout } = await run('ps', ['-ww', '-o', 'command=', '-p', String(pid)]).catch(() => ({
    stdout: '',
  }));
  return stdout.trim() || null;
}

/** Names of the pipes or sockets that a process of ours writes its output to, for `usesPath`. Linux only. */
export function outputChannels(pid: number): string[] {
  return [1, 2].flatMap((fd) => {
    const link = readLink(`/proc/${pid}/fd/${fd}`);
    return link && /^(socket|pipe):\[\d+\]$/.test(link) ? [link] : [];
  });
}

/**
 * True when its working directory, its program, its standard input or a file that it writes is, or lies in, one
 * of `paths`. Who only reads a file there may be anybody: a search index, a backup, a person's `tail -f`. Linux only.
 */
export function usesPath(pid: number, paths: readonly string[]): boolean {
  const isInside = (name: string): boolean => {
    const path = readLink(`/proc/${pid}/${name}`);
    return path !== null && paths.some((own) => path === own || path.startsWith(`${own}/`));
  };
  if (isInside('cwd') || isInside('exe')) return true;
  return listNames(`/proc/${pid}/fd`).some(
    (fd) => isInside(`fd/${fd}`) && (fd === '0' || isWritten(pid, fd)),
  );
}

function isWritten(pid: number, fd: string): boolean {
  const flags = /^flags:\s*([0-7]+)$/m.exec(readProcFile(`/proc/${pid}/fdinfo/${fd}`) ?? '')?.[1];
  return flags === undefined || (Number.parseInt(flags, 8) & (constants.O_WRONLY | constants.O_RDWR)) !== 0;
}

/** How many bytes a process has written, to whatever; null where the system does not tell. Linux only. */
export function bytesWritten(pid: number): number | null {
  const [, bytes] = /^wchar:\s*(\d+)/m.exec(readProcFile(`/proc/${pid}/io`) ?? '') ?? [];
  return bytes === undefined ? null : Number(bytes);
}

function readProc(): ProcessRow[] {
  const rows: ProcessRow[] = [];
  for (const name of listNames('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid)) continue;
    const stat = readStat(pid);
    if (stat === null) continue;
    const environment = readProcFile(`/proc/${pid}/environ`);
    const mark = valueIn(environment ?? '', 'AO_MARK');
    const bare = environment !== null && valueIn(environment, 'HOME') === null;
    rows.push({ pid, ...stat, mark, bare });
  }
  return rows;
}

function startTimeFromProc(pid: number): string | null {
  return readStat(pid)?.startTime ?? null;
}

function readStat(pid: number): Omit<ProcessRow, 'pid' | 'mark' | 'bare'> | null {
  const text = readProcFile(`/proc/${pid}/stat`);
  if (text === null) return null;
  // The second field is the program's name in parentheses and may hold spaces and parentheses itself.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state, ppid, pgid, sid, terminal] = fields;
  const ticks = fields[19];
  if (ticks === undefined || state === 'Z' || state === 'X') return null;
  return {
    ppid: Number(ppid),
    sid: Number(sid),
    pgid: Number(pgid),
    terminal: terminal !== '0',
    startTime: `${readBootId()}:${ticks}`,
  };
}

let bootId: string | null = null;

function readBootId(): string {
  bootId ??= (readProcFile('/proc/sys/kernel/random/boot_id') ?? '').trim();
  return bootId;
}

function valueIn(environment: string, name: string): string | null {
  const key = `\0${name}=`;
  const at = `\0${environment}`.indexOf(key);
  if (at < 0) return null;
  const start = at + key.length - 1;
  const end = environment.indexOf('\0', start);
  return environment.slice(start, end < 0 ? undefined : end);
}

async function readPs(selection: string[]): Promise<ProcessRow[]> {
  const columns = 'pid=,ppid=,pgid=,tt=,stat=,lstart=,command=';
  const { stdout } = await run('ps', [...selection, '-E', '-ww', '-o', columns], {
    maxBuffer: 64 << 20,
  }).catch(() => ({ stdout: '' }));
  return stdout.split('\n').flatMap((line) => {
    const match = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(\S+)\s+(\w+ +\w+ +\d+ [\d:]+ \d+)\s(.*)$/.exec(line);
    if (!match || match[5]?.startsWith('Z')) return [];
    return {
      pid: Number(match[1]),
      ppid: Number(match[2]),
      sid: Number(match[3]),
      pgid: Number(match[3]),
      terminal: match[4] !== '??',
      // Wall-clock seconds of the start hold across boots; there is no boot id to compare.
      startTime: `darwin:${Date.parse(match[6] ?? '') / 1000}`,
      mark: / AO_MARK=(\S*)/.exec(match[7] ?? '')?.[1] ?? null,
      bare: false,
    };
  });
}

function listNames(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function readLink(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch {
    return null;
  }
}
