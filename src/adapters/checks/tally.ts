import { diagnosticId, type Finding, unitId } from '../../domain/finding.ts';
import type { ParsedReport } from '../../ports/check-format.ts';
import { capText } from './text.ts';

export interface FailedUnit {
  file: string | null;
  /** Stable name of the test; equal to `file` where the file itself failed, for example while it was loaded. */
  name: string;
  line: number | null;
  message: string;
  kind?: 'test' | 'step';
  /** File to show where a passing run would not name one, so that it cannot be part of the identity. */
  shownFile?: string | null;
  /** What to show instead of the name. */
  title?: string;
}

export interface Diagnostic {
  file: string | null;
  line: number | null;
  rule: string | null;
  /** One line: its identity. */
  message: string;
  /** What to show; the message itself when left out. */
  detail?: string;
}

/** Collects what one format reads from one output, and makes the ids. */
export class Tally {
  readonly #check: string;
  readonly #findings: Finding[] = [];
  readonly #passed = new Set<string>();
  readonly #skipped = new Set<string>();
  readonly #names = new Map<string, string>();

  constructor(check: string) {
    this.#check = check;
  }

  pass(file: string | null, name: string): void {
    this.#passed.add(this.#name(file, name));
  }

  skip(file: string | null, name: string): void {
    this.#skipped.add(this.#name(file, name));
  }

  fail(unit: FailedUnit): void {
    const { file, name, line, kind = 'test' } = unit;
    this.#findings.push({
      id: this.idOf(file, name),
      check: this.#check,
      kind,
      file: file ?? unit.shownFile ?? null,
      line,
      title: oneLine(unit.title ?? name),
      message: capText(unit.message.trim()),
    });
  }

  diagnose(diagnostic: Diagnostic): void {
    const { file, line, rule, message } = diagnostic;
    this.#findings.push({
      id: diagnosticId(this.#check, file, rule, message),
      check: this.#check,
      kind: 'diagnostic',
      file,
      line,
      title: oneLine(rule === null ? message : `${rule}: ${message}`),
      message: capText((diagnostic.detail ?? message).trim()),
    });
  }

  /** An empty one for the same check. */
  fresh(): Tally {
    return new Tally(this.#check);
  }

  idOf(file: string | null, name: string): string {
    return unitId(this.#check, file, name);
  }

  get failures(): number {
    return this.#findings.length;
  }

  get isEmpty(): boolean {
    return this.#findings.length + this.#passed.size + this.#skipped.size === 0;
  }

  /** A unit that failed once (two tests of one name) is not seen to pass, and what ran is not skipped. */
  report(rest: { files?: string[] | null; complete?: boolean } = {}): ParsedReport {
    const failed = new Set(this.#findings.map(({ id }) => id));
    const passed = [...this.#passed].filter((id) => !failed.has(id));
    const skipped = [...this.#skipped].filter((id) => !failed.has(id) && !this.#passed.has(id));
    const names = [...passed, ...skipped].map((id) => [id, this.#names.get(id) ?? id] as const);
    return {
      findings: this.#findings,
      passed,
      skipped,
      names: Object.fromEntries(names),
      files: rest.files ?? null,
      complete: rest.complete ?? true,
    };
  }

  #name(file: string | null, name: string): string {
    const id = this.idOf(file, name);
    this.#names.set(id, file === null || file === name ? name : `${file}: ${name}`);
    return id;
  }
}

function oneLine(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= 200 ? line : `${line.slice(0, 199)}…`;
}
