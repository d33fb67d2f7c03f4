import { describe, expect, it } from 'vitest';
import { edited, target } from '../src/model/remedies';
import { told } from '../src/model/time';

describe('remedies', () => {
  const participant = { id: 'p', orders: [{ id: 'a', sessions: 1 }, { id: 'b', sessions: 2, groups: ['g1'] }] };

  it('name the entity that they change', () => {
    expect(target({ set: '/rooms/r/capacity', to: 3 })).toEqual({ list: 'rooms', id: 'r', rest: ['capacity'] });
    expect(target({ remove: '/groups/g' })).toBeNull();
  });
  it('change what they say, by ids, and nothing else', () => {
    const set = { set: '/participants/p/orders/b/sessions', to: 1 };
    expect(edited(participant, ['orders', 'b', 'sessions'], set).orders[1]).toEqual({ id: 'b', sessions: 1, groups: ['g1'] });
    const add = { add: '/participants/p/orders/b/groups/-', value: 'g2' };
    expect(edited(participant, ['orders', 'b', 'groups', '-'], add).orders[1]?.groups).toEqual(['g1', 'g2']);
    const first = { add: '/participants/p/sites', value: 's2' };
    expect(edited(participant, ['sites'], first)).toHaveProperty('sites', ['s2']);
    expect(edited(participant, ['orders', 'a'], { remove: '/participants/p/orders/a' }).orders).toHaveLength(1);
    expect(participant.orders).toHaveLength(2);
  });
});

describe('sentences of the service', () => {
  it('tell times as people read them', () => {
    const sentence = 'busy at 2026-11-30T06:45:00-05:00 (work).';
    expect(told(sentence)).toBe('busy at Mon 30 Nov 06:45 UTC−5 (work).');
    expect(told(sentence, ['America/Chicago', 'America/New_York'])).toBe('busy at Mon 30 Nov 06:45 EST (work).');
  });
});
