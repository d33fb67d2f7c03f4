// The board: which columns there are, from when to when, and which sessions stand where.

import type { Session } from '../api/types';
import { background, type Block } from './background';
import { concerns, type Book } from './book';
import { lanes } from './lanes';
import type { By, Route } from './route';
import { dates, minutes, wall, weekday } from './time';

/** Sessions without a room stand in a column of their own. */
export const ONLINE = '~online';

export interface Column {
  key: string;
  date: string;
  by: By;
  id: string;
  label: string;
  note: string;
}

/** Columns of one date. */
export interface Day {
  date: string;
  columns: Column[];
}

export interface Placed {
  session: Session;
  from: number;
  to: number;
  lane: number;
  lanes: number;
}

export interface Board {
  zone: string;
  days: Day[];
  /** First and last minute of the day that is shown. */
  from: number;
  to: number;
  placed: Map<string, Placed[]>;
  behind: Map<string, Block[]>;
}

/** What of the address the board depends on. */
export type View = Pick<Route, 'by' | 'id' | 'site' | 'day'>;

/** Whether a route is shown as a table of days rather than against the clock. */
export function isTable(route: Route): boolean {
  return route.day === null && route.id === null && (route.by === 'participant' || route.by === 'group');
}

/** The site that is looked at. */
export function siteOf(book: Book, route: View): string | null {
  if (route.site && book.sites.has(route.site)) return route.site;
  const id = route.id ?? '';
  const own = {
    site: () => id || undefined,
    room: () => book.rooms.get(id)?.site,
    clinician: () => book.clinicians.get(id)?.home_site,
    participant: () => book.participants.get(id)?.home_site,
    group: () => book.groups.get(id)?.site,
  }[route.by]();
  return own ?? book.problem.sites[0]?.id ?? null;
}

/** Dates on which a site is open or something happens. */
function busyDates(book: Book, weekStart: string, site: string | null, sessions: Session[]): string[] {
  const held = new Set(sessions.map((s) => s.start.slice(0, 10)));
  const sites = site ? [book.sites.get(site)] : [...book.sites.values()];
  return dates(weekStart).filter((date) => {
    const day = weekday(date);
    const open = sites.some((s) => s?.hours.some((w) => (w.days ? w.days.includes(day) : w.from?.slice(0, 10) === date)));
    return open || held.has(date);
  });
}

export function board(book: Book, weekStart: string, route: View, sessions: Session[]): Board {
  const site = siteOf(book, route);
  const zone = book.zone(route.by, route.id, site);
  const open = busyDates(book, weekStart, site, sessions);
  const shown = route.day && dates(weekStart).includes(route.day) ? [route.day] : open;
  const subjects = columnsOf(book, route, site, sessions);
  const days = shown.map((date) => ({
    date,
    columns: subjects.map((s) => ({ ...s, date, key: `${date} ${s.id}`, by: route.by })),
  }));

  // Those that stand in no column are not worth a look at the clocks of another zone.
  const ids = new Set(subjects.map((s) => s.id));
  const here = sessions.filter((s) => subjectsOf(s, route.by).some((id) => ids.has(id)) || (s.room === null && s.site === site && ids.has(ONLINE)));
  const at = here.map((session) => {
    const begin = wall(session.start, session.time_zone, zone);
    const end = wall(session.end, session.time_zone, zone);
    return { session, date: begin.date, from: begin.minute, to: end.date > begin.date ? 1440 : end.minute };
  });
  const placed = new Map<string, Placed[]>();
  const behind = new Map<string, Block[]>();
  let [from, to] = hours(book, site);
  for (const day of days) {
    for (const column of day.columns) {
      const own = at
        .filter((a) => a.date === day.date && stands(a.session, column, site))
        .sort((a, b) => a.from - b.from || (a.session.id < b.session.id ? -1 : 1));
      const beside = lanes(own);
      placed.set(column.key, own.map((a, k) => ({ ...a, lane: beside[k]?.lane ?? 0, lanes: beside[k]?.lanes ?? 1 })));
      for (const a of own) {
        from = Math.min(from, a.from);
        to = Math.max(to, a.to);
      }
      if (column.id !== ONLINE) behind.set(column.key, background(book, route.by, column.id, day.date));
      else if (site) behind.set(column.key, background(book, 'site', site, day.date));
    }
  }
  return { zone, days, from: Math.floor(from / 60) * 60, to: Math.ceil(to / 60) * 60, placed, behind };
}

/** In whose columns a session can stand. */
function subjectsOf(session: Session, by: By): string[] {
  switch (by) {
    case 'room':
      return session.room === null ? [] : [session.room];
    case 'clinician':
      return session.clinicians;
    case 'participant':
      return session.participants;
    case 'group':
      return session.group ? [session.group] : [];
    case 'site':
      return [session.site];
  }
}

function stands(session: Session, column: Column, site: string | null): boolean {
  if (column.id === ONLINE) return session.room === null && session.site === site;
  return concerns(session, column.by, column.id);
}

function columnsOf(book: Book, route: View, site: string | null, sessions: Session[]) {
  const all = book.choices(route.by, route.by === 'site' ? null : site);
  if (route.id !== null) {
    return [{ id: route.id, label: book.name(route.by, route.id), note: '' }];
  }
  if (route.by === 'site') return all.filter((c) => c.id === site).map((c) => ({ id: c.id, label: c.name, note: '' }));
  const out = all.map((c) => ({ id: c.id, label: c.name, note: c.note }));
  const online = route.by === 'room' && sessions.some((s) => s.room === null && s.site === site);
  if (online) out.push({ id: ONLINE, label: 'Online', note: 'telehealth' });
  return out;
}

/** From when to when a site is open on some day. */
function hours(book: Book, site: string | null): [number, number] {
  let [from, to] = [24 * 60, 0];
  for (const window of (site ? book.sites.get(site)?.hours : undefined) ?? []) {
    if (!window.start || !window.end) continue;
    from = Math.min(from, minutes(window.start));
    to = Math.max(to, minutes(window.end));
  }
  return from < to ? [from, to] : [8 * 60, 18 * 60];
}
