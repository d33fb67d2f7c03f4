import { describe, expect, it } from 'vitest';
import type { Place, Session } from '../src/api/types';
import { ONLINE } from '../src/model/board';
import { asked, columnOf, landing, placesIn, verdict, type Moving } from '../src/model/places';

const from: Session = {
  id: 'p1-talk/1',
  service: 'talk',
  order: 'p1-talk',
  modality: 'in_person',
  site: 's1',
  room: 'r1',
  clinicians: ['ana', 'ben'],
  participants: ['p1'],
  start: '2026-12-01T10:00:00-05:00',
  end: '2026-12-01T10:50:00-05:00',
  time_zone: 'America/New_York',
  pinned: false,
};
const NINE = '2026-12-01T09:00:00-05:00';
const TEN = from.start;
const at = (start: string) => (session: Session) => session.start === start;
const place = (change: Partial<Session>, cost_difference = 0, breaks: string[] = []): Place => ({
  session: { ...from, ...change },
  cost_difference,
  breaks: breaks.map((rule) => ({ rule, detail: `${rule} is broken.`, sessions: [], participants: [], clinicians: [], rooms: [] })),
});
const moving = (columns: [string, Place[]][] = []): Moving => ({
  id: from.id,
  // At nine its own room is taken, and the best place is in another.
  places: [place({ start: NINE, room: 'r2' }, 12), place({ start: TEN })],
  columns: new Map(columns),
});

describe('a verdict', () => {
  it('is that of the rules, and dearer only from some cost on', () => {
    expect(verdict(place({ start: NINE }, -1), from)).toBe('better');
    expect(verdict(place({ start: NINE }, 30), from)).toBe('allowed');
    expect(verdict(place({ start: NINE }, 31), from)).toBe('dearer');
    expect(verdict(place({ start: NINE }, -1, ['H7']), from)).toBe('forbidden');
  });
  it('is "here" only where nothing is different', () => {
    expect(verdict(place({ clinicians: ['ben', 'ana'] }), from)).toBe('here');
    expect(verdict(place({ clinicians: ['cy', 'ben'] }), from)).toBe('allowed');
    expect(verdict(place({ room: 'r2' }), from)).toBe('allowed');
  });
});

describe('what is asked of the columns of a board', () => {
  it('is each room once, its own first, and none for what is online', () => {
    expect(asked('room', ['r2', 'r1', ONLINE, 'r2', 'r1', ONLINE], 'r1')).toEqual([{ room: 'r1' }, { room: 'r2' }, { room: null }]);
  });
  it('is each clinician, in the place of her out of whose column it is carried', () => {
    const columns = asked('clinician', ['ana', 'ben', 'cy'], 'ben');
    expect(columns.map(columnOf)).toEqual(['ben', 'ana', 'cy']);
    expect(columns[2]).toEqual({ clinician: 'cy', instead_of: 'ben' });
  });
  it('is nothing where a column is no place', () => {
    expect(asked('participant', ['p1'], 'p1')).toEqual([]);
  });
});

describe('the places of a column', () => {
  it('are those of the session’s own that stand in it, until the column is known', () => {
    expect(placesIn(moving(), 'room', 'r2').map((p) => p.session.start)).toEqual([NINE]);
    expect(placesIn(moving(), 'room', ONLINE)).toEqual([]);
    const known = place({ start: TEN, room: 'r2' }, 0, ['H7']);
    expect(placesIn(moving([['r2', [known]]]), 'room', 'r2')).toEqual([known]);
  });
});

describe('a session that is put down', () => {
  const room = { by: 'room' as const, own: 'r1' };
  const clinician = { by: 'clinician' as const, own: 'ben' };
  it('is what the service said of the column', () => {
    const known = place({ start: TEN, room: 'r2', clinicians: ['cy'] });
    expect(landing(moving([['r2', [known]]]), from, { ...room, id: 'r2' }, at(TEN))).toEqual(known.session);
  });
  it('lands nowhere in a column that is known and has no such start', () => {
    expect(landing(moving([['r2', []]]), from, { ...room, id: 'r2' }, at(TEN))).toBeNull();
  });
  it('takes the room of a column that is not known yet, or none', () => {
    expect(landing(moving(), from, { ...room, id: 'r3' }, at(TEN))).toEqual({ ...from, room: 'r3' });
    expect(landing(moving(), from, { ...room, id: ONLINE }, at(TEN))).toEqual({ ...from, room: null, modality: 'telehealth' });
  });
  it('takes the clinician of a column in the place of her out of whose column it came', () => {
    expect(landing(moving(), from, { ...clinician, id: 'cy' }, at(TEN))?.clinicians).toEqual(['ana', 'cy']);
    expect(landing(moving(), from, { ...clinician, id: 'ana' }, at(TEN))?.clinicians).toEqual(['ana', 'ben']);
  });
  it('lands only where a session can begin', () => {
    expect(landing(moving(), from, { ...room, id: 'r2' }, at('2026-12-01T09:07:00-05:00'))).toBeNull();
  });
});
