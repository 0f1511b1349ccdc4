export type Files = Readonly<Record<string, string>>;

export interface Project {
  name: string;
  format: string;
  command: string;
  /** Programs that must be there to run it: where one is missing, only what was recorded is read. */
  needs: readonly string[];
  files: Files;
  /** Replaces files so that everything passes. */
  fixed: Files;
  /** Replaces files so that the failure stands further down. */
  moved: Files;
  finding: { kind: 'test' | 'diagnostic' | 'step'; title: string; file: string | null; line: number | null };
  movedLine: number | null;
  /** What is seen to pass beside the failure; null where the tool names nothing that passes. */
  passes: string | null;
}

/** Projects whose output is recorded for what is special about it: files that do not load, hooks, several tools. */
export interface RecordedOnly {
  name: string;
  format: string;
  command: string;
  files: Files;
}

export const pad = (text: string, comment: string): string => `${comment}\n${comment}\n${comment}\n${text}`;

export type Variant = 'failing' | 'fixed' | 'moved';

export function filesOf(project: Project, variant: Variant): Files {
  return { ...project.files, ...(variant === 'failing' ? {} : project[variant]) };
}
