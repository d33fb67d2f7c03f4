import { describe, expect, it } from 'vitest';
import type { Session } from '../src/api/types';
import { added, applied, difference, NOTHING, redone, undone } from '../src/model/edits';

const session = (id: string, start: string, room = 'a'): Session => ({
  id,
  service: 's',
  modality: 'in_person',
  site: 'x',
  room,
  clinicians: ['c'],
  participants: ['p'],
  start: `2026-12-01T${start}:00-05:00`,
  end: `2026-12-01T${start}:00-05:00`,
  time_zone: 'America/New_York',
  pinned: false,
});

describe('changes that wait', () => {
  const move = { label: 'move', put: [session('o/1', '11:00')], drop: [] };
  const drop = { label: 'drop', put: [], drop: ['o/2'] };

  it('lie over what the service has, whatever that has become', () => {
    const first = [session('o/1', '09:00'), session('o/2', '10:00')];
    expect(applied(first, [move, drop]).map((s) => [s.id, s.start.slice(11, 16)])).toEqual([['o/1', '11:00']]);
    const theirs = [...first, session('o/3', '12:00')];
    expect(applied(theirs, [move, drop]).map((s) => s.id)).toEqual(['o/1', 'o/3']);
  });
  it('are undone and done again one by one, until something new is done', () => {
    const both = added(added(NOTHING, move), drop);
    const one = undone(both);
    expect(one.done).toEqual([move]);
    expect(redone(one)).toEqual(both);
    expect(added(one, move).undone).toEqual([]);
    expect(undone(NOTHING)).toEqual(NOTHING);
  });
  it('are told as what is added, removed and changed', () => {
    const before = [session('o/1', '09:00'), session('o/2', '10:00')];
    const after = [session('o/1', '09:00', 'b'), session('o/3', '10:00')];
    const told = difference(before, after);
    expect(told.added.map((s) => s.id)).toEqual(['o/3']);
    expect(told.removed.map((s) => s.id)).toEqual(['o/2']);
    expect(told.changed.map((c) => c.to.room)).toEqual(['b']);
    expect(difference(before, [...before].reverse())).toEqual({ added: [], removed: [], changed: [] });
  });
});
