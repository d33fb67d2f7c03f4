import { describe, expect, it } from 'vitest';
import problem from '../../fixtures/two-sites.json';
import type { Problem, Session } from '../src/api/types';
import { Book } from '../src/model/book';
import { csv } from '../src/model/csv';
import { LISTS, shownAt, typed, withMember } from '../src/model/fields';
import { LANGUAGES, sheet } from '../src/model/sheet';

const book = new Book(problem as unknown as Problem);
const session: Session = {
  id: 's1-p3-individual/1',
  service: 'individual',
  order: 's1-p3-individual',
  modality: 'in_person',
  site: 's2',
  room: 's2-o1',
  clinicians: ['s2-t3'],
  participants: ['s1-p3'],
  start: '2026-12-01T15:15:00-06:00',
  end: '2026-12-01T16:05:00-06:00',
  time_zone: 'America/Chicago',
  pinned: false,
};
const of = (language: string, whose: 'participant' | 'clinician' | 'room', id: string) =>
  sheet(book, '2026-11-30', [session], whose, id, LANGUAGES.get(language) ?? {});

describe('a week on paper', () => {
  it('is in the language and the zone of who reads it', () => {
    const spanish = of('es', 'participant', 's1-p3');
    expect(spanish.title).toBe('Su semana');
    expect(spanish.days[0]?.name).toBe('martes, 1 de diciembre');
    expect(spanish.days[0]?.lines[0]).toEqual({
      from: '16:15',
      to: '17:05',
      what: 'Cita con Rosa Moreno',
      notes: ['Broad Street, 480 Broad Street, sala s2-o1 · 15:15 en los relojes de allí'],
    });
    expect(spanish.zone).toContain('New York');
  });
  it('says of what is online that it is, and once how one comes to it', () => {
    const online = [session, { ...session, id: 's1-p3-individual/2' }].map((s) => ({ ...s, room: null, modality: 'telehealth' as const }));
    const told = sheet(book, '2026-11-30', online, 'participant', 's1-p3', LANGUAGES.get('en') ?? {});
    expect(told.days[0]?.lines.map((l) => l.notes)).toEqual([['Online'], ['Online']]);
    expect(told.foot.filter((line) => line.includes('link'))).toHaveLength(1);
    expect(of('en', 'participant', 's1-p3').foot.some((line) => line.includes('link'))).toBe(false);
  });
  it('says nothing of why somebody comes', () => {
    for (const language of LANGUAGES.keys()) {
      const told = JSON.stringify([of(language, 'participant', 's1-p3'), of(language, 'room', 's2-o1')]);
      for (const word of ['herapy', 'Skills', 'mh', 'sud', '90837']) expect(told).not.toContain(word);
    }
    expect(JSON.stringify(of('en', 'room', 's2-o1'))).not.toContain('s1-p3');
  });
  it('has every sentence in every language', () => {
    const names = [...LANGUAGES.values()].map((words) => Object.keys(words).sort());
    for (const other of names) expect(other).toEqual(names[0]);
  });
});

describe('forms', () => {
  const rooms = LISTS.find((l) => l.list === 'rooms')?.fields ?? [];

  it('leave out what is empty, and send what is no number as it is', () => {
    const capacity = rooms.find((f) => f.name === 'capacity')!;
    expect(typed(capacity, ' 12 ')).toBe(12);
    expect(typed(capacity, 'twelve')).toBe('twelve');
    expect(typed(capacity, '')).toBeUndefined();
    expect(withMember({ id: 'a', capacity: 3 }, 'capacity', undefined)).toEqual({ id: 'a' });
  });
  it('know where a message of the service can stand', () => {
    const shown = shownAt(rooms, { id: 'a', closed: [{ days: ['mon'] }] });
    for (const pointer of ['/capacity', '/closed', '/closed/0', '/closed/0/start', '/closed/0/days/0']) {
      expect(shown.has(pointer)).toBe(true);
    }
    expect(shown.has('/colour')).toBe(false);
  });
  it('take tables with tabs as well as with commas', () => {
    expect(csv('id\tname\na\tb, c\n')).toBe('id,name\na,"b, c"\n');
    expect(csv('id,name\na,b')).toBe('id,name\na,b');
  });
});
