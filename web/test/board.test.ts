import { describe, expect, it } from 'vitest';
import problem from '../../fixtures/two-sites.json';
import type { Problem, Session } from '../src/api/types';
import { background, onDate } from '../src/model/background';
import { board, isTable } from '../src/model/board';
import { Book, missing } from '../src/model/book';
import { lanes } from '../src/model/lanes';
import { read, START, write } from '../src/model/route';

const book = new Book(problem as unknown as Problem);
const WEEK = '2026-11-30';

describe('lanes', () => {
  it('stand beside one another only where sessions overlap', () => {
    const spans = [
      { from: 0, to: 60 },
      { from: 60, to: 120 },
      { from: 90, to: 150 },
      { from: 120, to: 180 },
    ];
    expect(lanes(spans)).toEqual([
      { lane: 0, lanes: 1 },
      { lane: 0, lanes: 2 },
      { lane: 1, lanes: 2 },
      { lane: 0, lanes: 2 },
    ]);
  });
});

describe('addresses', () => {
  it('give the same view again', () => {
    const route = { ...START, program: 'a b', week: WEEK, by: 'clinician' as const, id: 's1-t1', session: 'o-1/2' };
    expect(read(write(route))).toEqual(route);
    expect(read('#/x/not-a-date/nowhere?by=moon&panel=sun')).toEqual({ ...START, program: 'x' });
  });
});

describe('the board', () => {
  const session: Session = {
    id: 's2-p1-individual/1',
    service: 'individual',
    order: 's2-p1-individual',
    modality: 'telehealth',
    site: 's2',
    room: null,
    clinicians: ['s1-t3'],
    participants: ['s2-p1'],
    start: '2026-12-01T10:00:00-06:00',
    end: '2026-12-01T10:50:00-06:00',
    time_zone: 'America/Chicago',
  pinned: false,
  };

  it('has a column for each room of each open day, and one for what is online', () => {
    const shown = board(book, WEEK, { ...START, site: 's2' }, [session]);
    expect(shown.days.map((d) => d.columns.length)).toEqual([6, 6, 6, 6, 6]);
    expect(shown.placed.get('2026-12-01 ~online')?.map((p) => p.from)).toEqual([600]);
    expect(shown.from).toBe(8 * 60);
    expect(shown.to).toBe(21 * 60);
  });
  it('shows a session in the zone of who is looked at', () => {
    const hers = board(book, WEEK, { ...START, by: 'clinician', id: 's1-t3' }, [session]);
    expect(hers.zone).toBe('America/New_York');
    expect(hers.placed.get('2026-12-01 s1-t3')?.map((p) => p.from)).toEqual([660]);
  });
  it('is a table where there are too many columns', () => {
    expect(isTable({ ...START, by: 'participant' })).toBe(true);
    expect(isTable({ ...START, by: 'participant', id: 's1-p1' })).toBe(false);
  });
  it('counts what is missing', () => {
    expect(missing(book, [])).toBe(book.ordered());
    expect(missing(book, [session])).toBe(book.ordered() - 1);
  });
});

describe('what lies behind', () => {
  it('is the rest of a shift, and an absence', () => {
    const blocks = background(book, 'clinician', 's2-t1', WEEK);
    expect(blocks.filter((b) => b.tone === 'closed').map((b) => [b.from, b.to])).toEqual([
      [0, 750],
      [1260, 1440],
    ]);
    expect(blocks.find((b) => b.label === 'away')).toMatchObject({ from: 0, to: 1439 });
  });
  it('is a dated window only on its dates', () => {
    const window = { from: '2026-12-01T22:00', to: '2026-12-02T06:00' };
    expect(onDate([window], '2026-12-01')).toEqual([[1320, 1440]]);
    expect(onDate([window], '2026-12-02')).toEqual([[0, 360]]);
    expect(onDate([window], '2026-12-03')).toEqual([]);
  });
});
