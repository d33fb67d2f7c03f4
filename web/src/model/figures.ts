// Figures of a comparison, as the address names what is opened of them.

import type { Session } from '../api/types';
import type { Book } from './book';
import { minutes } from './time';

export type Figure =
  | { of: 'moved' }
  | { of: 'people' }
  /** Orders that miss sessions, of one service or of all. */
  | { of: 'missing'; service: string | null }
  /** Sessions of some hours, on the clocks of their sites; with those online, or of rooms alone. */
  | { of: 'hours'; from: number; to: number; online: boolean; words: string };

const two = (hour: number) => `${String(hour).padStart(2, '0')}:00`;

/** What a figure's name stands for: `moved`, `people`, `missing`, `missing SERVICE`, `clinicians`, `rooms 17`, `evening`. */
export function figureOf(name: string): Figure | null {
  const [kind = '', ...rest] = name.split(' ');
  const which = rest.join(' ') || null;
  switch (kind) {
    case 'moved':
    case 'people':
      return { of: kind };
    case 'missing':
      return { of: 'missing', service: which };
    case 'clinicians':
    case 'rooms': {
      const hour = which === null ? null : Number(which);
      const [from, to] = hour === null || !Number.isInteger(hour) ? [0, 24] : [hour, hour + 1];
      return { of: 'hours', from, to, online: kind === 'clinicians', words: `${two(from)} to ${two(to)}` };
    }
    case 'evening':
      return { of: 'hours', from: 17, to: 24, online: true, words: '17:00 on' };
    default:
      return null;
  }
}

/** Whether a session takes some of these hours. */
export function held(book: Book, session: Session, hours: Extract<Figure, { of: 'hours' }>): boolean {
  if (!hours.online && session.room === null) return false;
  const from = minutes(session.start.slice(11, 16));
  const to = from + (Date.parse(session.end) - Date.parse(session.start)) / 60_000;
  // Who gives it is busy at its documentation, too.
  const after = hours.online ? (book.services.get(session.service)?.documentation_minutes ?? 0) : 0;
  return from < hours.to * 60 && to + after > hours.from * 60;
}
