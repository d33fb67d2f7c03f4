import { describe, expect, it } from 'vitest';
import problem from '../../fixtures/two-sites.json';
import type { Problem, Session } from '../src/api/types';
import { Book } from '../src/model/book';
import { balances, balanceWords, figures, gain } from '../src/model/compare';
import { pinned, same } from '../src/model/edits';

const book = new Book(problem as unknown as Problem);
const at = (id: string, start: string, end: string, day = '2026-12-01'): Session => ({
  id,
  service: 'individual',
  order: 's1-p3-individual',
  modality: 'in_person',
  site: 's1',
  room: 's1-o1',
  clinicians: ['s1-t1'],
  participants: ['s1-p3'],
  start: `${day}T${start}:00-05:00`,
  end: `${day}T${end}:00-05:00`,
  time_zone: 'America/New_York',
  pinned: false,
});

describe('two versions of a week', () => {
  const morning = at('a/1', '09:00', '10:00');
  const late = at('a/2', '11:30', '12:30');
  it('are told apart by sessions, days and waiting', () => {
    expect(figures([morning, late], 's1-p3')).toEqual({ sessions: 2, days: 1, waiting: 90 });
    const other = at('a/2', '09:00', '10:00', '2026-12-02');
    const [only] = balances(book, [morning, late], [morning, other]);
    expect(only && balanceWords(only)).toBe('1 day more, 1 h 30 min less waiting');
    expect(only && gain(only)).toBeLessThan(0);
  });
  it('are a gain for who has more care, whatever else changes', () => {
    const [only] = balances(book, [morning], [morning, late]);
    expect(only && gain(only)).toBeGreaterThan(0);
    expect(balances(book, [morning], [morning])).toEqual([]);
  });
});

describe('a pin', () => {
  const session = at('a/1', '09:00', '10:00');
  it('is a difference', () => {
    expect(same(session, { ...session, pinned: true })).toBe(false);
    expect(same(session, { ...session, pinned: false })).toBe(true);
  });
  it('holds what the calendar pins where the calendar has it, and nothing else', () => {
    const known = [{ ...session, pinned: true }, { ...at('b/1', '13:00', '14:00'), pinned: true }];
    const moved = { ...at('a/1', '15:00', '16:00'), pinned: true };
    const held = pinned(known, [moved, at('b/1', '13:00', '14:00'), { ...at('c/1', '16:00', '17:00'), pinned: true }]);
    expect(held.map((s) => [s.id, (s as Session).start.slice(11, 16), s.pinned])).toEqual([
      ['a/1', '15:00', true],
      ['b/1', '13:00', false],
      ['c/1', '16:00', true],
    ]);
  });
});
