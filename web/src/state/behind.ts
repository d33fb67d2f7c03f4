// What stands behind a figure: whatever an id names, by its name, with the address at which it is seen.

import type { Session } from '../api/types';
import type { Book } from '../model/book';
import type { By } from '../model/route';
import { named, when } from './byhand';
import { desk } from './desk.svelte';
import { names } from './names.svelte';
import { seen, where } from './where.svelte';

export interface Behind {
  words: string;
  /** None where it is nowhere on the page. */
  href?: string;
}

const KINDS: By[] = ['participant', 'clinician', 'room', 'group', 'site'];

/** A session, by its name and hour; it leads to the week on the screen, if it stands there. */
export function session(book: Book, of: Session): Behind {
  const here = desk.sessions.find((s) => s.id === of.id);
  return { words: `${named(book, of)}, ${when(of)}`, href: here && where.link(seen(here)) };
}

/** A place in which nothing stands yet: the day of its room, or of who would give it. */
export function place(of: Session): string {
  const day = { screen: 'week', day: of.start.slice(0, 10), session: null } as const;
  return of.room ? where.link({ ...day, by: 'room', id: null, site: of.site }) : where.link({ ...day, by: 'clinician', id: of.clinicians[0] ?? null });
}

/** What an id names; sessions are looked for among those that are given, too. */
export function behind(book: Book, id: string, sessions: Session[] = desk.sessions): Behind {
  const of = desk.sessions.find((s) => s.id === id) ?? sessions.find((s) => s.id === id);
  if (of) return session(book, of);
  const by = KINDS.find((by) => book.has(by, id));
  if (!by) return { words: id };
  return {
    words: by === 'participant' ? names.of(id) : book.name(by, id),
    href: where.link({ screen: 'week', by, id, day: null, session: null }),
  };
}
