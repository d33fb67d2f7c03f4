// What lies behind the sessions of a board: when something is open or somebody works, when it is closed or taken.
// Windows are wall time of their owner's zone, which is the board's.

import type { Window } from '../api/types';
import type { Book } from './book';
import type { By } from './route';
import { minutes, plus, weekday } from './time';

export type Tone = 'open' | 'closed' | 'busy' | 'soft';

export interface Block {
  from: number;
  to: number;
  tone: Tone;
  label: string;
}

/** The part of windows that falls on a date, as minutes of its day. */
export function onDate(windows: Window[], date: string): [number, number][] {
  const out: [number, number][] = [];
  const day = weekday(date);
  for (const window of windows) {
    if (window.days?.length && window.start && window.end) {
      if (window.days.includes(day)) out.push([minutes(window.start), minutes(window.end)]);
    } else if (window.from && window.to) {
      const next = plus(date, 1);
      const from = window.from.slice(0, 16);
      const to = window.to.slice(0, 16);
      if (from >= `${next}T00:00` || to <= `${date}T00:00`) continue;
      const begin = from.slice(0, 10) < date ? 0 : minutes(from.slice(11));
      const end = to.slice(0, 10) > date ? 1440 : minutes(to.slice(11));
      out.push([begin, end]);
    }
  }
  return out;
}

/** The rest of a day. */
function outside(open: [number, number][]): [number, number][] {
  const out: [number, number][] = [];
  let at = 0;
  for (const [from, to] of [...open].sort((a, b) => a[0] - b[0])) {
    if (from > at) out.push([at, from]);
    at = Math.max(at, to);
  }
  if (at < 1440) out.push([at, 1440]);
  return out;
}

/** What lies behind somebody's or something's day. */
export function background(book: Book, by: By, id: string, date: string): Block[] {
  const out: Block[] = [];
  const add = (spans: [number, number][], tone: Tone, label: string) => {
    for (const [from, to] of spans) out.push({ from, to, tone, label });
  };
  const site = (at: string) => {
    const found = book.sites.get(at);
    if (!found) return;
    add(outside(onDate(found.hours, date)), 'closed', 'closed');
    add(onDate(found.closed ?? [], date), 'busy', 'closed');
  };
  switch (by) {
    case 'site':
      site(id);
      break;
    case 'room': {
      const room = book.rooms.get(id);
      if (!room) break;
      if (room.hours) add(outside(onDate(room.hours, date)), 'closed', 'closed');
      else site(room.site);
      add(onDate(room.closed ?? [], date), 'busy', 'closed');
      break;
    }
    case 'clinician': {
      const clinician = book.clinicians.get(id);
      if (!clinician) break;
      add(outside(onDate(clinician.shifts as Window[], date)), 'closed', 'off shift');
      add(onDate(clinician.away ?? [], date), 'busy', 'away');
      break;
    }
    case 'group': {
      const group = book.groups.get(id);
      if (group?.hours) add(outside(onDate(group.hours, date)), 'closed', 'outside its hours');
      break;
    }
    case 'participant': {
      const participant = book.participants.get(id);
      if (!participant) break;
      if (participant.available) add(outside(onDate(participant.available, date)), 'closed', 'not available');
      for (const commitment of participant.commitments ?? []) {
        const soft = commitment.flexibility === 'soft';
        add(onDate(commitment.windows, date), soft ? 'soft' : 'busy', commitment.kind);
      }
      break;
    }
  }
  return out;
}
