/** What processes use, as the system counts it. Linux only; nothing is started to find out. */
import { readProcFile } from './proc-file.ts';

export interface ProcessUsage {
  /** Memory of its own and its part of what it shares with others, so that a sum counts nothing twice. */
  memoryBytes: number;
  /** Of it, and of all that it started and waited for. */
  cpuMs: number;
}

/** The system's own unit towards programs, whatever its timer is. */
const msPerTick = 10;

/** null where the process has ended, or the system does not tell. */
export function readUsage(pid: number): ProcessUsage | null {
  const cpuMs = cpuOf(pid);
  const memoryBytes = memoryOf(pid);
  return cpuMs === null || memoryBytes === null ? null : { memoryBytes, cpuMs };
}

function cpuOf(pid: number): number | null {
  const stat = readProcFile(`/proc/${pid}/stat`);
  if (stat === null) return null;
  // Behind the name, which may hold spaces: utime, stime, and both of the children that it waited for.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return msPerTick * fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0);
}

function memoryOf(pid: number): number | null {
  // Older systems, and some that guard their processes, tell only what is resident, shared or not.
  const shares = kilobytes(`/proc/${pid}/smaps_rollup`, /^Pss:\s+(\d+) kB$/m);
  return shares ?? kilobytes(`/proc/${pid}/status`, /^VmRSS:\s+(\d+) kB$/m);
}

function kilobytes(path: string, line: RegExp): number | null {
  const found = line.exec(readProcFile(path) ?? '')?.[1];
  return found === undefined ? null : Number(found) * 1024;
}
