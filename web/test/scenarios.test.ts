import { describe, expect, it } from 'vitest';
import type { Problem } from '../src/api/types';
import { Book } from '../src/model/book';
import { unlike } from '../src/model/initials';
import { byHour, KINDS, readScenarios, scenario } from '../src/model/scenarios';

const book = new Book({
  version: 1,
  week_start: '2026-11-30',
  sites: [{ id: 's2', name: 'Broad Street', time_zone: 'America/Chicago', jurisdiction: 'US-IL', hours: [] }],
  rooms: [{ id: 's1-g1', site: 's2', capacity: 8 }],
  services: [],
  clinicians: [{ id: 's1-t1', name: 'Ana Ruiz', home_site: 's2', shifts: [] }],
  groups: [],
  participants: [],
} as unknown as Problem);
const made = (kind: string, whose = '', count = 1, day = 'mon') =>
  scenario(book, 's1', KINDS.find((k) => k.kind === kind)!, whose, count, day);

describe('scenarios of the form', () => {
  it('are edits of the problem by ids, or what people say', () => {
    expect(made('more-room', 's1-g1').edits).toEqual([{ copy: '/rooms/s1-g1', count: 1 }]);
    expect(made('no-clinician', 's1-t1')).toEqual({ id: 's1', name: 'Without the clinician Ana Ruiz', edits: [{ remove: '/clinicians/s1-t1' }] });
    expect(made('closed', 's2', 1, 'fri').edits).toEqual([{ say: 'site s2 closed on friday' }]);
    expect(made('evening-clinician', 's1-t1').edits).toEqual([{ say: 'one more clinician like s1-t1, evenings only' }]);
  });
  it('come back from an address, and nonsense does not', () => {
    const list = [made('groups', '', 8), made('mix', '', 5)];
    expect(readScenarios(JSON.stringify(list))).toEqual(list);
    for (const nonsense of [null, '', '{', '7', '[null, {"id": 1}]']) expect(readScenarios(nonsense)).toEqual([]);
  });
});

describe('use by hour', () => {
  it('adds the days up', () => {
    const hour = (date: string, hour: number, used_minutes: number) => ({ date, hour, used_minutes, open_minutes: 60, share: used_minutes / 60 });
    const use = { share: 0, used_minutes: 0, open_minutes: 0, by_hour: [hour('2026-12-01', 10, 0), hour('2026-11-30', 10, 60), hour('2026-11-30', 9, 30)] };
    expect([...byHour(use)]).toEqual([
      [9, 0.5],
      [10, 0.5],
    ]);
  });
});

describe('initials', () => {
  it('have the end of the id behind them where two people share them', () => {
    const person = (participant: string, initials: string) => ({ participant, initials, name: 'somebody' });
    const told = unlike([person('s1-p1', 'M.G.'), person('s1-p2', 'L.M.'), person('s2-p9', 'L.M.')]);
    expect([...told.values()].map((p) => p.initials)).toEqual(['M.G.', 'L.M. p2', 'L.M. p9']);
  });
});
