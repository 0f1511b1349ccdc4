// Moments that clients tell in words, on their screens alone: “resets 3pm (Europe/Berlin)”, “try again at Nov 24th, 2026 3:15 PM”.
import type { AgentFailure } from './agent-failure.ts';

/** When words were shown, and the time zone of the program that shows them: it names another one where it means that. */
export interface Shown {
  at: number;
  /** As IANA names it. */
  zone: string;
}

/** With the moment at which its limit is lifted, where only its words tell it; and without one that nobody can mean. */
export function withResetTime(failure: AgentFailure, shown: Shown): AgentFailure {
  const { class: kind, message, resetAt } = failure;
  if (resetAt !== null && resetAt <= shown.at + longestWindowMs) return failure;
  const mayOpen = kind === 'usage_limit' || kind === 'rate_limit';
  return { ...failure, resetAt: mayOpen ? resetTimeIn(message, shown) : null };
}

/**
 * The end of the minute that `text` names, because it leaves seconds out: at the next time of that kind, of a day or a year. One that is
 * just over is taken for itself, since what was shown may have been read late. null: it names none, or none that is near.
 */
export function resetTimeIn(text: string, { at, zone: own }: Shown): number | null {
  const words = wordsOf(text);
  const zone = words?.zone ?? own;
  if (words === null || !isZone(zone)) return null;
  const ends = daysFor(words, at + offsetAt(at, zone)).flatMap((day) =>
    instantsOf(day + words.minutes * minuteMs, zone).map((instant) => instant + minuteMs),
  );
  const end = ends.find((each) => each > at - latestReadMs);
  return end === undefined || end > at + longestWindowMs ? null : end;
}

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
const latestReadMs = 5 * minuteMs;
const longestWindowMs = 32 * dayMs;

interface Words {
  date: { month: number; day: number; year: number | null } | null;
  /** Since midnight. */
  minutes: number;
  zone: string | null;
}

const date = String.raw`(?<month>[A-Z][a-z]{2}) (?<day>\d{1,2})(?:st|nd|rd|th)?,? (?:(?<year>\d{4}),? )?(?:at )?`;
const time = String.raw`(?<hour>\d{1,2})(?::(?<minute>\d\d))? ?(?<half>[ap])m\b(?: \((?<zone>[^)]+)\))?`;
const moment = new RegExp(String.raw`\b(?:resets?|try again|automatically) (?:at )?(?:${date})?${time}`, 'i');

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

function wordsOf(text: string): Words | null {
  const found = moment.exec(text.replaceAll(/\s+/g, ' '))?.groups;
  if (found === undefined) return null;
  const [hour, minute] = [Number(found['hour']), Number(found['minute'] ?? 0)];
  const month = found['month'] === undefined ? null : months.indexOf(found['month'].toLowerCase());
  if (hour < 1 || hour > 12 || minute > 59 || month === -1) return null;
  const minutes = ((hour % 12) + (/p/i.test(found['half'] ?? '') ? 12 : 0)) * 60 + minute;
  const year = found['year'] === undefined ? null : Number(found['year']);
  const day = Number(found['day']);
  return { date: month === null ? null : { month, day, year }, minutes, zone: found['zone'] ?? null };
}

/** Midnights that may be meant, the earliest first; on a clock that shows `now`, as if it were one of UTC. */
function daysFor({ date: named }: Words, now: number): number[] {
  if (named === null) {
    const today = Math.floor(now / dayMs) * dayMs;
    return [-1, 0, 1, 2].map((away) => today + away * dayMs); // on a day on which clocks go forward it may be left out
  }
  const thisYear = new Date(now).getUTCFullYear();
  const years = named.year === null ? [thisYear - 1, thisYear, thisYear + 1] : [named.year];
  const days = years.map((year) => Date.UTC(year, named.month, named.day));
  return days.filter((day) => new Date(day).getUTCDate() === named.day);
}

/** When a clock of that zone shows this, as if it were one of UTC: twice where it is put back, never where it is put forward. */
function instantsOf(shown: number, zone: string): number[] {
  const offsets = [...new Set([-dayMs, dayMs].map((away) => offsetAt(shown + away, zone)))];
  const instants = offsets.map((offset) => shown - offset);
  return instants.filter((instant) => instant + offsetAt(instant, zone) === shown).toSorted((a, b) => a - b);
}

/** By how much clocks of that zone are ahead of UTC. */
function offsetAt(instant: number, zone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  }).formatToParts(instant);
  const part = (type: Intl.DateTimeFormatPartTypes): number =>
    Number(parts.find((each) => each.type === type)?.value);
  const shown = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'));
  return shown - Math.floor(instant / minuteMs) * minuteMs;
}

function isZone(name: string): boolean {
  try {
    Intl.DateTimeFormat('en-US', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
