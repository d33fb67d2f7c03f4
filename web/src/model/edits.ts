// Changes that wait: each puts some sessions and takes others away; together they make of the calendar that the service
// has the one on the screen. They can be undone one by one, and laid over what somebody else has saved meanwhile.

import type { Session } from '../api/types';

/** An entity of the programme before and after a change. */
export interface DataChange {
  path: string;
  before: Record<string, unknown>;
  after: Record<string, unknown>;
}

export interface Edit {
  label: string;
  put: Session[];
  drop: string[];
  /** What was changed in the programme's data for it, already: it is taken back with the edit. */
  data?: DataChange[];
}

/** Sessions with some edits over them. */
export function applied(sessions: Session[], edits: Edit[]): Session[] {
  const out = new Map(sessions.map((session) => [session.id, session]));
  for (const edit of edits) {
    for (const id of edit.drop) out.delete(id);
    for (const session of edit.put) out.set(session.id, session);
  }
  return [...out.values()];
}

/** What is done, and what was undone and may be done again. */
export interface History {
  done: Edit[];
  undone: Edit[];
}

export const NOTHING: History = { done: [], undone: [] };

export function added(history: History, edit: Edit): History {
  return { done: [...history.done, edit], undone: [] };
}

export function undone(history: History): History {
  const last = history.done.at(-1);
  return last ? { done: history.done.slice(0, -1), undone: [...history.undone, last] } : history;
}

export function redone(history: History): History {
  const last = history.undone.at(-1);
  return last ? { done: [...history.done, last], undone: history.undone.slice(0, -1) } : history;
}

/** Whether two sessions stand at the same place with the same people. */
export function same(a: Session, b: Session): boolean {
  const people = (list: string[]) => [...list].sort().join(' ');
  return (
    a.start === b.start &&
    a.room === b.room &&
    a.site === b.site &&
    a.modality === b.modality &&
    (a.pinned ?? false) === (b.pinned ?? false) &&
    people(a.clinicians) === people(b.clinicians) &&
    people(a.participants) === people(b.participants)
  );
}

export interface Difference {
  added: Session[];
  removed: Session[];
  changed: { from: Session; to: Session }[];
}

/** What became of sessions. */
export function difference(before: Session[], after: Session[]): Difference {
  const old = new Map(before.map((session) => [session.id, session]));
  const out: Difference = { added: [], removed: [], changed: [] };
  for (const session of after) {
    const was = old.get(session.id);
    old.delete(session.id);
    if (!was) out.added.push(session);
    else if (!same(was, session)) out.changed.push({ from: was, to: session });
  }
  out.removed.push(...old.values());
  return out;
}

/** What is known of a week so far, but pinned is what a calendar pins: that stays where it is, all else is free. */
export function pinned<T extends { id: string; pinned?: boolean }>(known: T[], calendar: Session[]): (T | Session)[] {
  const pins = new Map(calendar.filter((s) => s.pinned).map((s) => [s.id, s]));
  const out: (T | Session)[] = known.map((s) => {
    const pin = pins.get(s.id);
    pins.delete(s.id);
    return pin ? { ...s, ...pin } : s.pinned ? { ...s, pinned: false } : s;
  });
  return [...out, ...pins.values()];
}
