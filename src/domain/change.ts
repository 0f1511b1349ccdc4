/** What a change does to one file, as far as rules need to know. */
export interface FileChange {
  path: string;
  /** Path before a rename, else null. */
  oldPath: string | null;
  status: 'added' | 'modified' | 'deleted' | 'renamed' | 'type_changed';
  binary: boolean;
  /** Size of a binary file after the change; 0 where it is text, or gone. */
  bytes: number;
  /** Lines added and removed, without their `+` and `-`; empty for binary files. */
  added: string[];
  removed: string[];
  /** Git mode after the change (`100644`, `120000`, `160000`, …), null when deleted. */
  mode: string | null;
}
