/** Of the files of a session: all that its agent printed, and what of that is readable where the agent talks. */
export type LogName = 'output.log' | 'readable.log';

/** The logs of sessions as they lie in their directories, private to the user. */
export interface SessionLogs {
  /**
   * For what is readable of an agent that talks. It follows from the agent's output, so whoever comes back says all of it again: what
   * stands there already is not written twice. Never throws; what a disk does not take is written with what comes next.
   */
  append(dir: string): (text: string) => void;
  /** Its length in bytes; null where there is none. */
  size(dir: string, name: LogName): Promise<number | null>;
  /** The next bytes, not all at once; empty at the end. */
  read(dir: string, name: LogName, from: number): Promise<Uint8Array>;
  /** Where the last lines begin. An unfinished line counts as one. */
  lastLines(dir: string, name: LogName, lines: number): Promise<number>;
}
