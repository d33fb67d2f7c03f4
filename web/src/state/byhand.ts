// What a person does to sessions: each becomes a change that waits, with a label that says what it was.

import type { Session } from '../api/types';
import type { Book } from '../model/book';
import { costWords } from '../model/places';
import { clock, dateWords, written, zoneShort } from '../model/time';
import { desk } from './desk.svelte';
import { names } from './names.svelte';
import { where } from './where.svelte';

/** A session's name and whose it is, where it is one person's. */
export function named(book: Book, session: Session): string {
  const whose = session.participants.length === 1 ? ` for ${names.short(session.participants[0] ?? '')}` : '';
  return `${book.title(session)}${whose}`;
}

/** When a session begins, on the clocks of its site. */
export function when(session: Session): string {
  const at = written(session.start);
  return `${dateWords(at.date)} ${clock(at.minute)} ${zoneShort(session.time_zone, session.start)}`;
}

/** What is different between two places of a session, in words. */
export function moveWords(book: Book, from: Session, to: Session): string {
  const parts: string[] = [];
  if (from.start !== to.start) parts.push(`to ${when(to)}`);
  if (from.room !== to.room) parts.push(to.room ? `into ${to.room}` : 'online');
  if (from.clinicians.join() !== to.clinicians.join()) parts.push(`with ${book.clinicianNames(to)}`);
  return parts.join(', ');
}

/** Moves a session, and tells what that costs and each rule that it breaks. */
export async function moved(book: Book, from: Session, to: Session): Promise<void> {
  where.put({ session: to.id });
  const before = desk.check;
  const was = new Set((before?.violations ?? []).map((v) => v.detail));
  await desk.edit({ label: `${named(book, from)} ${moveWords(book, from, to)}`, put: [{ ...to, pinned: from.pinned }], drop: [] });
  const after = desk.check;
  const broken = (after?.violations ?? []).filter((v) => !was.has(v.detail)).map((v) => names.told(book, v.detail));
  const cost = before && after ? `: ${costWords(after.objective - before.objective)}.` : '.';
  const rules = broken.length ? ` It breaks ${broken.length === 1 ? 'a rule' : `${broken.length} rules`}: ${broken.join(' ')}` : '';
  desk.news = `Moved ${moveWords(book, from, to)}${cost}${rules}`;
}

export async function removed(book: Book, session: Session): Promise<void> {
  where.put({ session: null, panel: 'changes' });
  await desk.edit({ label: `${named(book, session)}, ${when(session)}, removed`, put: [], drop: [session.id] });
}

export async function left(book: Book, session: Session, participant: string): Promise<void> {
  const participants = session.participants.filter((p) => p !== participant);
  await desk.edit({
    label: `${names.short(participant)} out of ${book.title(session)}, ${when(session)}`,
    put: [{ ...session, participants }],
    drop: [],
  });
}

export async function joined(book: Book, session: Session, participant: string): Promise<void> {
  await desk.edit({
    label: `${names.short(participant)} into ${book.title(session)}, ${when(session)}`,
    put: [{ ...session, participants: [...session.participants, participant] }],
    drop: [],
  });
}

/** Holds a session where it is, or lets it go: solving leaves alone what is held. */
export async function held(book: Book, session: Session, pinned: boolean): Promise<void> {
  const label = `${named(book, session)}, ${when(session)}, ${pinned ? 'pinned' : 'no longer pinned'}`;
  await desk.edit({ label, put: [{ ...session, pinned }], drop: [] });
}

/** Two sessions change places: each is then when and where the other was. */
export async function swapped(book: Book, a: Session, b: Session): Promise<void> {
  const place = ({ start, end, room, site, modality, time_zone }: Session) => ({ start, end, room, site, modality, time_zone });
  const put = [{ ...a, ...place(b) }, { ...b, ...place(a) }];
  await desk.edit({ label: `${named(book, a)} and ${named(book, b)} change places`, put, drop: [] });
  desk.news = `${named(book, a)} is now ${when(b)}, ${named(book, b)} ${when(a)}.`;
}
