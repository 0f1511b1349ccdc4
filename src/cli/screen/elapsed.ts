import { formatDuration } from '../../lib/duration.ts';

/** Whole seconds, so that a table that is drawn every second does not show tenths. */
export function elapsed(fromIso: string | null, toIso: string | null, now: number): string {
  if (fromIso === null) return '';
  const end = toIso === null ? now : Date.parse(toIso);
  return wholeSeconds(Math.max(0, end - Date.parse(fromIso)));
}

export function wholeSeconds(ms: number): string {
  return ms < 60_000 ? `${Math.floor(ms / 1000)}s` : formatDuration(Math.floor(ms / 1000) * 1000);
}
