// Times as people read them. The service sends each time with its offset; here it is only shown, in its own zone or in
// that of who reads it. Nothing is computed with local times but where on a day's axis they stand.

import type { Weekday } from '../api/types';

/** A date and a minute after its midnight, on the wall of some zone. */
export interface Wall {
  date: string;
  minute: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function format(zone: string): Intl.DateTimeFormat {
  let found = formats.get(zone);
  if (!found) {
    found = new Intl.DateTimeFormat('en-CA', {
      timeZone: zone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
    formats.set(zone, found);
  }
  return found;
}

/** What the wall shows as it is written, in the zone in which it was written. */
export function written(instant: string): Wall {
  return { date: instant.slice(0, 10), minute: minutes(instant.slice(11, 16)) };
}

/** What the wall of a zone shows at an instant that was written in the zone `own`. */
export function wall(instant: string, own: string, zone: string): Wall {
  if (own === zone) return written(instant);
  const parts = new Map(format(zone).formatToParts(new Date(instant)).map((p) => [p.type, p.value]));
  const of = (part: Intl.DateTimeFormatPartTypes) => parts.get(part) ?? '00';
  return { date: `${of('year')}-${of('month')}-${of('day')}`, minute: Number(of('hour')) * 60 + Number(of('minute')) };
}

/** Minutes after midnight of a clock such as `17:30`. */
export function minutes(clock: string): number {
  return Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3, 5));
}

/** A clock of minutes after midnight. */
export function clock(minute: number): string {
  const of = ((minute % 1440) + 1440) % 1440;
  return `${String(Math.floor(of / 60)).padStart(2, '0')}:${String(of % 60).padStart(2, '0')}`;
}

/** The seven dates of a week. */
export function dates(weekStart: string): string[] {
  return Array.from({ length: 7 }, (_, day) => plus(weekStart, day));
}

/** A date some days later. */
export function plus(date: string, days: number): string {
  const at = new Date(`${date}T00:00:00Z`);
  at.setUTCDate(at.getUTCDate() + days);
  return at.toISOString().slice(0, 10);
}

const NAMES: Weekday[] = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** Days of the week in full. */
export const DAY_NAMES: Record<string, string> = {
  mon: 'Monday',
  tue: 'Tuesday',
  wed: 'Wednesday',
  thu: 'Thursday',
  fri: 'Friday',
  sat: 'Saturday',
  sun: 'Sunday',
};

export function weekday(date: string): Weekday {
  return NAMES[new Date(`${date}T00:00:00Z`).getUTCDay()] ?? 'mon';
}

type DateStyle = 'plain' | 'short' | 'day' | 'long';
const STYLES: Record<DateStyle, Intl.DateTimeFormatOptions> = {
  plain: { day: 'numeric', month: 'short' },
  short: { weekday: 'short', day: 'numeric', month: 'short' },
  day: { weekday: 'short', day: 'numeric' },
  long: { weekday: 'long', day: 'numeric', month: 'long' },
};

const said = new Map<string, string>();

/** A date in words. */
export function dateWords(date: string, style: DateStyle = 'short', language = 'en-GB'): string {
  // Hundreds of cards say the same few dates.
  const key = `${language} ${style} ${date}`;
  let words = said.get(key);
  if (words === undefined) {
    words = new Intl.DateTimeFormat(language, { ...STYLES[style], timeZone: 'UTC' }).format(new Date(`${date}T00:00:00Z`));
    said.set(key, words);
  }
  return words;
}

/** The offset at the end of an instant, such as `UTC−5`. */
function offsetWords(instant: string): string | undefined {
  if (instant.endsWith('Z')) return 'UTC';
  const [, sign, hours, rest] = instant.match(/([+-])(\d\d):(\d\d)$/) ?? [];
  return sign && `UTC${sign === '-' ? '−' : '+'}${Number(hours)}${rest === '00' ? '' : `:${rest}`}`;
}

/** A zone as people call it, with the offset of a time that was written in it. */
export function zoneWords(zone: string, instant?: string): string {
  const city = (zone.split('/').pop() ?? zone).replaceAll('_', ' ');
  const offset = instant && offsetWords(instant);
  return offset ? `${city} time, ${offset}` : `${city} time`;
}

/** Minutes as hours and minutes. */
export function lengthWords(minute: number): string {
  const hours = Math.floor(minute / 60);
  const rest = minute % 60;
  return hours === 0 ? `${rest} min` : rest === 0 ? `${hours} h` : `${hours} h ${rest} min`;
}

const brief = new Map<string, string>();

/** The short name of a zone at an instant that was written in it, such as `EST`. */
export function zoneShort(zone: string, instant: string): string {
  // It follows from the offset, and lists say many times of few zones.
  const key = `${zone} ${instant.slice(19)}`;
  let found = brief.get(key);
  if (found === undefined) {
    const parts = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'short' }).formatToParts(new Date(instant));
    found = parts.find((p) => p.type === 'timeZoneName')?.value ?? zone;
    brief.set(key, found);
  }
  return found;
}

/** A sentence of the service, its times as people read them, with the zone of `zones` in which they were written. */
export function told(sentence: string, zones: string[] = []): string {
  return sentence.replace(/\b(\d{4}-\d\d-\d\d)T(\d\d:\d\d):\d\d(?:[+-]\d\d:\d\d|Z)/g, (instant: string, date: string, at: string) => {
    const zone = zones.find((z) => {
      const there = wall(instant, '', z);
      return there.date === date && clock(there.minute) === at;
    });
    return `${dateWords(date)} ${at} ${zone ? zoneShort(zone, instant) : offsetWords(instant)}`;
  });
}
