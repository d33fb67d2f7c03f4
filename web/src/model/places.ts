// Where a session could go: answers of the service, from which the board is tinted and the list beside it is made.

import type { ColumnAsked, Place, Session } from '../api/types';
import { ONLINE } from './board';
import { concerns } from './book';
import type { By } from './route';

/** A session that is about to move, and where it could stand. */
export interface Moving {
  id: string;
  /** The best place of each start, in whichever room; null while it is asked for. */
  places: Place[] | null;
  /** By the ids of columns: the places in each, as far as they are known. */
  columns: Map<string, Place[]>;
}

export type Verdict = 'here' | 'better' | 'allowed' | 'dearer' | 'forbidden';

/** A place in a word; dearer is what costs more than `slack`. */
export function verdict(place: Place, from: Session, slack = 30): Verdict {
  if (standsAs(place.session, from)) return 'here';
  if (place.breaks.length > 0) return 'forbidden';
  if (place.cost_difference < 0) return 'better';
  return place.cost_difference <= slack ? 'allowed' : 'dearer';
}

/** Allowed places first, the cheapest first of all. */
export function ranked(places: Place[]): Place[] {
  const order = (p: Place) => (p.breaks.length > 0 ? 1 : 0);
  return [...places].sort(
    (a, b) => order(a) - order(b) || a.cost_difference - b.cost_difference || (a.session.start < b.session.start ? -1 : 1),
  );
}

/** A difference of cost as it is told. */
export function costWords(difference: number): string {
  if (difference === 0) return 'costs the same';
  return difference > 0 ? `costs ${difference.toLocaleString('en')} more` : `saves ${(-difference).toLocaleString('en')}`;
}

const standsAs = (a: Session, b: Session) =>
  a.start === b.start && a.room === b.room && [...a.clinicians].sort().join() === [...b.clinicians].sort().join();

/** What is asked when a session is carried out of the column `own` of a board that has these columns: its own first. */
export function asked(by: By, ids: string[], own: string): ColumnAsked[] {
  if (by !== 'room' && by !== 'clinician') return [];
  const first = [...new Set([own, ...ids])];
  if (by === 'room') return first.map((id) => ({ room: id === ONLINE ? null : id }));
  return first.map((id) => ({ clinician: id, instead_of: own }));
}

/** The id of the column that was asked about. */
export const columnOf = (column: ColumnAsked): string => column.clinician ?? column.room ?? ONLINE;

/** The places that are known in a column: those asked for it, or else those of the session's own that stand in it. */
export function placesIn(moving: Moving, by: By, id: string): Place[] {
  const own = (s: Session) => (by === 'room' && id === ONLINE ? s.room === null : concerns(s, by, id));
  return moving.columns.get(id) ?? (moving.places ?? []).filter((p) => own(p.session));
}

/** What becomes of a session that is put down in a column at a time; null where none can begin then. Of a column that was not asked about yet only the start is known: the room or the clinician is taken as it is. */
export function landing(
  moving: Moving,
  from: Session,
  to: { by: By; id: string; own: string },
  then: (session: Session) => boolean,
): Session | null {
  const known = placesIn(moving, to.by, to.id).find((p) => then(p.session));
  if (known || moving.columns.has(to.id)) return known?.session ?? null;
  const session = (moving.places ?? []).find((p) => then(p.session))?.session;
  if (!session) return null;
  if (to.by === 'room') {
    const room = to.id === ONLINE ? null : to.id;
    return { ...session, room, modality: room === null ? 'telehealth' : 'in_person' };
  }
  if (to.by === 'clinician') {
    if (from.clinicians.includes(to.id)) return { ...session, clinicians: from.clinicians };
    const clinicians = from.clinicians.map((c) => (c === to.own ? to.id : c));
    return { ...session, clinicians: clinicians.includes(to.id) ? clinicians : [to.id] };
  }
  return session;
}
