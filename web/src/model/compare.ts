// Two calendars of a week beside one another: what each person gains and loses, and which sessions are different.

import type { Session } from '../api/types';
import type { Book } from './book';
import { lengthWords, written } from './time';

/** A participant's week in figures. */
export interface Figures {
  sessions: number;
  days: number;
  /** Minutes between the first start and the last end of a day that are in no session. */
  waiting: number;
}

export interface Balance {
  participant: string;
  before: Figures;
  after: Figures;
}

const minutesOf = (s: Session) => (Date.parse(s.end) - Date.parse(s.start)) / 60000;

/** A participant's figures; a day is the date as the session's site has it. */
export function figures(sessions: Session[], participant: string): Figures {
  const days = new Map<string, Session[]>();
  let count = 0;
  for (const session of sessions) {
    if (!session.participants.includes(participant)) continue;
    count += 1;
    const date = written(session.start).date;
    days.set(date, [...(days.get(date) ?? []), session]);
  }
  let waiting = 0;
  for (const own of days.values()) {
    const from = Math.min(...own.map((s) => Date.parse(s.start)));
    const to = Math.max(...own.map((s) => Date.parse(s.end)));
    waiting += (to - from) / 60000 - own.reduce((sum, s) => sum + minutesOf(s), 0);
  }
  return { sessions: count, days: days.size, waiting };
}

/** Whether a week is better for somebody: more care first, then fewer days, then less waiting. */
export function gain({ before, after }: Balance): number {
  return after.sessions - before.sessions || before.days - after.days || before.waiting - after.waiting;
}

/** Who gains and who loses; those for whom nothing of it changes are left out. */
export function balances(book: Book, before: Session[], after: Session[]): Balance[] {
  const all = book.problem.participants.map((p) => ({
    participant: p.id,
    before: figures(before, p.id),
    after: figures(after, p.id),
  }));
  const weight = (b: Balance) => Math.abs(b.after.sessions - b.before.sessions) * 1e6 + Math.abs(b.after.days - b.before.days) * 1e4 + Math.abs(b.after.waiting - b.before.waiting);
  return all.filter((b) => gain(b) !== 0).sort((a, b) => weight(b) - weight(a));
}

/** What becomes of somebody's week, in words. */
export function balanceWords({ before, after }: Balance): string {
  const parts: string[] = [];
  const say = (by: number, one: string, many: string) => {
    if (by !== 0) parts.push(`${Math.abs(by)} ${Math.abs(by) === 1 ? one : many} ${by > 0 ? 'more' : 'fewer'}`);
  };
  say(after.sessions - before.sessions, 'session', 'sessions');
  say(after.days - before.days, 'day', 'days');
  const waiting = after.waiting - before.waiting;
  if (waiting !== 0) parts.push(`${lengthWords(Math.abs(waiting))} ${waiting > 0 ? 'more' : 'less'} waiting`);
  return parts.join(', ');
}
