import { appendFileSync, renameSync, statSync } from 'node:fs';

export type Log = (event: string, fields?: Record<string, unknown>) => void;

/**
 * Appends lines `time event key=value` to a private file. At `maxBytes` it becomes `<path>.1`, replacing the one before,
 * so that the log never grows past twice that. Never throws: a full disk must not end the daemon.
 */
export function openLog(path: string, maxBytes: number): Log {
  return (event, fields = {}) => {
    try {
      rotate(path, maxBytes);
      appendFileSync(path, `${new Date().toISOString()} ${formatLine(event, fields)}\n`, { mode: 0o600 });
    } catch {
      // Nowhere to say it.
    }
  };
}

/** Also called before a daemon's own output is pointed at the file. */
export function rotate(path: string, maxBytes: number): void {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size >= maxBytes) renameSync(path, `${path}.1`);
}

export function formatLine(event: string, fields: Record<string, unknown>): string {
  const pairs = Object.entries(fields).filter(([, value]) => value !== undefined);
  return [event, ...pairs.map(([key, value]) => `${key}=${formatValue(value)}`)].join(' ');
}

/** One line whatever the value holds: what is not a plain word is written as JSON. */
function formatValue(value: unknown): string {
  const text = value instanceof Error ? (value.stack ?? value.message) : value;
  if (typeof text === 'string' && /^[\w./:@+-]+$/.test(text)) return text;
  return JSON.stringify(text) ?? String(text);
}
