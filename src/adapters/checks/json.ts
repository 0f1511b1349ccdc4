// Reading JSON that somebody else wrote: nothing is believed before it was looked at.

/** undefined where the text is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export type Fields = Readonly<Record<string, unknown>>;

export function fieldsOf(value: unknown): Fields | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : null;
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

export function numberOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

export function recordsOf(values: readonly unknown[]): Fields[] {
  return values.map(fieldsOf).filter((fields) => fields !== null);
}

/** One JSON value a line; lines that are none (a process died while it wrote) are left out. */
export function parseJsonLines(text: string): Fields[] {
  return recordsOf(text.split('\n').map(parseJson));
}
