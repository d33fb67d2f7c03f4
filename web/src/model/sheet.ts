// A week on paper: for a participant nothing that says why somebody comes; for a clinician whom she sees; for a door when
// the room is taken.

import type { Service, Session } from '../api/types';
import { concerns, type Book } from './book';
import { clock, dateWords, plus, wall, written } from './time';

/** The words of a language; another language is another file in `print/`. */
export type Words = Record<string, string>;

const files = import.meta.glob<{ default: Words }>('../print/*.json', { eager: true });
export const LANGUAGES: Map<string, Words> = new Map(
  Object.entries(files).map(([path, file]) => [path.replace(/^.*\/(.*)\.json$/, '$1'), file.default]),
);

export type SheetOf = 'participant' | 'clinician' | 'room';

export interface Line {
  from: string;
  to: string;
  what: string;
  notes: string[];
}

export interface Sheet {
  title: string;
  week: string;
  zone: string;
  days: { name: string; lines: Line[] }[];
  nothing: string;
  foot: string[];
}

/** A sentence with what stands in its braces. */
export function filled(sentence: string | undefined, values: Record<string, string>): string {
  return (sentence ?? '').replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '');
}

export function sheet(book: Book, weekStart: string, sessions: Session[], of: SheetOf, id: string, words: Words, day: string | null = null, called = (participant: string) => participant): Sheet {
  const zone = book.zone(of, id, null);
  const locale = words.locale ?? 'en-US';
  const own = sessions
    .filter((s) => concerns(s, of, id))
    .map((session) => ({ session, from: wall(session.start, session.time_zone, zone), to: wall(session.end, session.time_zone, zone) }))
    .filter(({ from }) => day === null || from.date === day)
    .sort((a, b) => (a.from.date === b.from.date ? a.from.minute - b.from.minute : a.from.date < b.from.date ? -1 : 1));
  const days = new Map<string, Line[]>();
  for (const { session, from, to } of own) {
    const list = days.get(from.date) ?? [];
    const line = { from: clock(from.minute), to: clock(to.minute), ...said(book, session, of, words, called) };
    // Who travels to another zone finds other clocks there.
    const there = written(session.start).minute;
    if (session.room && there !== from.minute) {
      line.notes[0] = [line.notes[0], filled(words.there, { time: clock(there) })].filter(Boolean).join(' · ');
    }
    list.push(line);
    days.set(from.date, list);
  }
  const title =
    of === 'participant' ? (words.title ?? '') : of === 'clinician' ? book.name('clinician', id) : filled(words.door, { room: id });
  const place = (zone.split('/').pop() ?? zone).replaceAll('_', ' ');
  return {
    title,
    week: day
      ? dateWords(day, 'long', locale)
      : filled(words.week, { from: dateWords(weekStart, 'long', locale), to: dateWords(plus(weekStart, 6), 'long', locale) }),
    zone: filled(words.zone, { zone: place }),
    days: [...days].map(([date, lines]) => ({ name: day ? '' : dateWords(date, 'long', locale), lines })),
    nothing: (of === 'participant' ? words.nothing : words.free) ?? '',
    // How one comes to what is online is said once.
    foot: of === 'participant' ? [...(own.some(({ session }) => session.room === null) ? [words.online ?? ''] : []), words.questions ?? ''] : [],
  };
}

/** Where a session is that is in no room. */
const online = (words: Words): string => words.online?.split('.')[0] ?? '';

/** What a session is called where others may read it; the usual name in the reader's language. */
function publicName(service: Service | undefined, words: Words): string {
  const name = service?.public_name ?? 'Appointment';
  return name === 'Appointment' ? (words.appointment ?? name) : name;
}

function said(book: Book, session: Session, of: SheetOf, words: Words, called: (participant: string) => string): { what: string; notes: string[] } {
  const site = book.sites.get(session.site);
  const service = book.services.get(session.service);
  const room = session.room ? filled(words.room, { room: session.room }) : null;
  switch (of) {
    case 'participant': {
      const where = room ? [site?.name, site?.address, room].filter(Boolean).join(', ') : online(words);
      const who = session.clinicians.length ? filled(words.with, { who: book.clinicianNames(session) }) : '';
      return { what: [publicName(service, words), who].filter(Boolean).join(' '), notes: [where] };
    }
    case 'clinician': {
      const who = session.participants.map(called).join(', ');
      const where = room ? `${site?.name ?? ''}, ${room}` : online(words);
      return { what: book.title(session), notes: [where, who] };
    }
    case 'room':
      // A door is read by everybody who passes.
      return {
        what: publicName(service, words),
        notes: session.group ? [filled(words.people, { count: String(session.participants.length) })] : [],
      };
  }
}
