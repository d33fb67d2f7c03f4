import { expect, test } from 'vitest';
import type { Session } from '../src/api/types';
import { Book } from '../src/model/book';
import { figureOf, held, type Figure } from '../src/model/figures';
import { borne } from '../src/model/penalties';

test('a figure is opened by its name', () => {
  expect(figureOf('missing')).toEqual({ of: 'missing', service: null });
  expect(figureOf('missing family')).toEqual({ of: 'missing', service: 'family' });
  expect(figureOf('rooms 17')).toMatchObject({ of: 'hours', from: 17, to: 18, online: false });
  expect(figureOf('clinicians')).toMatchObject({ from: 0, to: 24, online: true });
  expect(figureOf('what')).toBeNull();
});

test('a session is behind each hour that it takes, its documentation with the clinicians', () => {
  const service = { id: 'talk', name: 'Talk', kind: 'individual_therapy' as const, minutes: 50, documentation_minutes: 15 };
  const book = new Book({ version: 1, week_start: '2026-11-30', sites: [], rooms: [], services: [service], clinicians: [], groups: [], participants: [] } as never);
  const session = { id: 'a/1', service: 'talk', room: 'r', start: '2026-11-30T16:00:00-05:00', end: '2026-11-30T16:50:00-05:00' } as Session;
  const hours = (name: string) => figureOf(name) as Extract<Figure, { of: 'hours' }>;
  expect(held(book, session, hours('rooms 16'))).toBe(true);
  expect(held(book, session, hours('rooms 17'))).toBe(false);
  expect(held(book, session, hours('clinicians 17'))).toBe(true);
  expect(held(book, { ...session, room: null }, hours('rooms 16'))).toBe(false);
});

test('a part of the cost leads to those on whom it falls otherwise than before', () => {
  const part = (bearers: { id: string; cost: number }[]) => ({ penalty: 'wait', counts: '', cost: 0, by: 'participant', bearers });
  const before = [part([{ id: 'a', cost: 30 }, { id: 'b', cost: 20 }])];
  const after = [part([{ id: 'b', cost: 20 }, { id: 'c', cost: 5 }]), { ...part([{ id: 'a', cost: 9 }]), penalty: 'moved' }];
  expect(borne(before, after, 'wait').map((s) => [s.id, s.cost])).toEqual([['a', -30], ['c', 5]]);
});
