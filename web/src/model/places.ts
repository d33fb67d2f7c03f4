// Where a session could go: one answer of the service, from which the board is tinted and the list beside it is made.

import type { Session } from '../api/types';
import { ONLINE } from './board';
import type { By } from './route';

export interface Place {
  /** The session as it would be there. */
  session: Session;
  cost_difference: number;
  /** Sentences of the rules that it would break and that are not broken now; none where it is allowed. */
  breaks: { rule: string; detail: string }[];
}

export type Verdict = 'here' | 'better' | 'allowed' | 'dearer' | 'forbidden';

/** A place in a word; dearer is what costs more than `slack`. */
export function verdict(place: Place, from: Session, slack = 30): Verdict {
  if (place.session.start === from.start && place.session.room === from.room) return 'here';
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

/** The session of a place, put down in the column of a room or a clinician: there it is that room's or clinician's. */
export function landing(from: Session, place: Place, by: By, id: string): Session {
  const { session } = place;
  if (by === 'room' && id !== ONLINE && session.room !== null && session.room !== id) return { ...session, room: id };
  if (by === 'clinician' && !session.clinicians.includes(id)) {
    // Dragged within a clinician's column it stays hers; into another's, that one takes the place of the first.
    const others = from.clinicians.slice(1).filter((c) => c !== id);
    return { ...session, clinicians: [id, ...others] };
  }
  return session;
}
