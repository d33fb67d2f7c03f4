// What the data screen knows of each list: its fields as they are shown and edited. What a value may be is the service's
// to say; its messages come back with a pointer, and stand at the field that it points to.

import type { Fault, ServiceKind } from '../api/types';
import { KINDS } from './kinds';
import { LANGUAGES } from './sheet';

export type List = 'participants' | 'clinicians' | 'rooms' | 'groups' | 'services' | 'sites';

export interface Field {
  name: string;
  label: string;
  as: 'text' | 'number' | 'flag' | 'words' | 'one' | 'some' | 'rows' | 'part';
  /** Ids to choose from: a list of the programme, or values. */
  from?: List | readonly string[];
  /** Fields of a row or a part. */
  of?: Field[];
  needed?: boolean;
  /** Only for who may see records. */
  record?: boolean;
  hint?: string;
}

const text = (name: string, label: string, more: Partial<Field> = {}): Field => ({ name, label, as: 'text', ...more });
const number = (name: string, label: string, more: Partial<Field> = {}): Field => ({ name, label, as: 'number', ...more });
const flag = (name: string, label: string): Field => ({ name, label, as: 'flag' });
const words = (name: string, label: string, hint = 'separated by commas'): Field => ({ name, label, as: 'words', hint });
const one = (name: string, label: string, from: Field['from'], more: Partial<Field> = {}): Field => ({ name, label, as: 'one', from, ...more });
const some = (name: string, label: string, from: Field['from']): Field => ({ name, label, as: 'some', from });
const rows = (name: string, label: string, of: Field[], more: Partial<Field> = {}): Field => ({ name, label, as: 'rows', of, ...more });
const part = (name: string, label: string, of: Field[], more: Partial<Field> = {}): Field => ({ name, label, as: 'part', of, ...more });

const NEEDED = { needed: true };
const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
const MODALITIES = ['in_person', 'telehealth'] as const;
const CLOCK = { hint: 'such as 09:00' };
const DATE = { hint: 'such as 2026-12-02' };
const WINDOW = [
  some('days', 'Days', DAYS),
  text('start', 'From', CLOCK),
  text('end', 'Until', CLOCK),
  text('from', 'or dated, from', { hint: 'such as 2026-12-02T09:00' }),
  text('to', 'to'),
];
const windows = (name: string, label: string): Field => rows(name, label, WINDOW);
const id = text('id', 'Id', NEEDED);
const KIND_IDS: ServiceKind[] = KINDS.map((k) => k.id);

export const LISTS: { list: List; name: string; one: string; columns: string[]; fields: Field[] }[] = [
  {
    list: 'participants',
    name: 'Participants',
    one: 'participant',
    columns: ['id', 'home_site', 'orders', 'telehealth', 'languages', 'commitments'],
    fields: [
      id,
      part(
        'record',
        'Record, kept apart from everything else',
        [
          text('name', 'Name'),
          text('preferred_name', 'Preferred name'),
          text('phone', 'Telephone'),
          text('email', 'E-mail'),
          text('address', 'Address'),
          one('language', 'Language of what is printed', [...LANGUAGES.keys()]),
        ],
        { record: true },
      ),
      one('home_site', 'Home site', 'sites', NEEDED),
      some('sites', 'Sites', 'sites'),
      flag('telehealth', 'May come online'),
      number('commute_minutes', 'Minutes on the way'),
      words('languages', 'Languages'),
      words('attributes', 'Attributes'),
      text('time_zone', 'Time zone', { hint: 'such as America/Chicago; the site’s if empty' }),
      text('jurisdiction', 'Jurisdiction'),
      rows('orders', 'Orders', [
        id,
        one('service', 'Service', 'services', NEEDED),
        number('sessions', 'Sessions', NEEDED),
        number('priority', 'Priority'),
        one('clinician', 'Only with', 'clinicians'),
        some('prefer', 'Rather with', 'clinicians'),
        some('groups', 'Only in', 'groups'),
        one('modality', 'How', MODALITIES),
        words('family', 'Family'),
        flag('one_per_day', 'One a day'),
        text('recurrence', 'Recurs', { hint: 'such as weekly, once, every 2 weeks; every week if empty' }),
        windows('windows', 'Only within'),
      ]),
      rows('commitments', 'Commitments', [
        one('kind', 'Kind', ['work', 'school', 'childcare', 'court', 'medical', 'other'], NEEDED),
        one('flexibility', 'Flexibility', ['hard', 'soft']),
        number('travel_minutes', 'Minutes on the way'),
        text('from', 'From', DATE),
        text('until', 'Until', DATE),
        number('every_weeks', 'Every so many weeks'),
        windows('windows', 'When'),
      ]),
      windows('available', 'Available'),
      rows('family', 'Family', [id, windows('available', 'Available')]),
      part('plan', 'Plan', [
        text('level_of_care', 'Level of care'),
        number('min_minutes_per_week', 'Minutes a week, at least'),
        number('max_minutes_per_week', 'Minutes a week, at most'),
        number('min_days', 'Days, at least'),
        number('max_days', 'Days, at most'),
        number('min_minutes_per_day', 'Minutes a day, at least'),
        number('max_minutes_per_day', 'Minutes a day, at most'),
      ]),
      some('not_with', 'Never with', 'clinicians'),
      some('apart_from', 'Apart from', 'participants'),
      text('admitted', 'Admitted', DATE),
      text('discharged', 'Discharged', DATE),
      rows('hold', 'On hold', [text('from', 'From', DATE), text('to', 'To', DATE)]),
      part('waiting', 'On the waiting list', [text('since', 'Since', DATE), text('from', 'Can come from', DATE), number('priority', 'Priority')]),
    ],
  },
  {
    list: 'clinicians',
    name: 'Clinicians',
    one: 'clinician',
    columns: ['id', 'name', 'home_site', 'credentials', 'languages', 'shifts'],
    fields: [
      id,
      text('name', 'Name', NEEDED),
      one('home_site', 'Home site', 'sites', NEEDED),
      words('credentials', 'Credentials'),
      words('licensed_in', 'Licensed in'),
      rows('licences', 'Licences with dates', [text('jurisdiction', 'Jurisdiction', NEEDED), text('from', 'From', DATE), text('until', 'Until', DATE)]),
      rows('certificates', 'Certificates with dates', [text('credential', 'Credential', NEEDED), text('from', 'From', DATE), text('until', 'Until', DATE)]),
      words('languages', 'Languages'),
      text('time_zone', 'Time zone', { hint: 'the site’s if empty' }),
      rows('shifts', 'Shifts', [
        some('days', 'Days', DAYS),
        text('start', 'From', CLOCK),
        text('end', 'Until', CLOCK),
        some('sites', 'At', 'sites'),
        flag('telehealth', 'Online too'),
      ]),
      windows('away', 'Away'),
      number('max_minutes_per_day', 'Minutes a day, at most'),
      number('max_minutes_per_week', 'Minutes a week, at most'),
      part('break', 'Break', [number('minutes', 'Minutes'), text('start', 'From', CLOCK), text('end', 'Until', CLOCK)]),
    ],
  },
  {
    list: 'rooms',
    name: 'Rooms',
    one: 'room',
    columns: ['id', 'site', 'capacity', 'features', 'turnover_minutes'],
    fields: [
      id,
      one('site', 'Site', 'sites', NEEDED),
      number('capacity', 'Seats', NEEDED),
      words('features', 'Features'),
      number('turnover_minutes', 'Minutes between sessions'),
      windows('hours', 'Open'),
      windows('closed', 'Closed'),
    ],
  },
  {
    list: 'groups',
    name: 'Groups',
    one: 'group',
    columns: ['id', 'name', 'service', 'site', 'meetings', 'roster', 'members'],
    fields: [
      id,
      text('name', 'Name', NEEDED),
      one('service', 'Service', 'services', NEEDED),
      one('site', 'Site', 'sites', NEEDED),
      one('modality', 'How', MODALITIES),
      number('meetings', 'Meetings a week', NEEDED),
      one('roster', 'Roster', ['closed', 'open']),
      some('members', 'Members', 'participants'),
      some('clinicians', 'Led by', 'clinicians'),
      flag('same_clinician', 'The same clinician each time'),
      words('requires', 'Only with attributes'),
      words('excludes', 'Not with attributes'),
      text('language', 'Language'),
      number('min', 'People, at least'),
      number('max', 'People, at most'),
      windows('hours', 'Hours'),
    ],
  },
  {
    list: 'services',
    name: 'Services',
    one: 'service',
    columns: ['id', 'name', 'kind', 'minutes', 'credentials', 'room_features'],
    fields: [
      id,
      text('name', 'Name', NEEDED),
      one('kind', 'Kind', KIND_IDS, NEEDED),
      number('minutes', 'Minutes', NEEDED),
      number('documentation_minutes', 'Minutes of documentation'),
      number('start_every', 'Starts every (minutes)'),
      number('clinicians', 'Clinicians'),
      words('credentials', 'Credentials'),
      words('room_features', 'The room has'),
      some('modalities', 'How', MODALITIES),
      text('public_name', 'Name on paper'),
      text('billing_code', 'Billing code'),
      flag('counts', 'Counts towards the dose'),
      part('group', 'Group', [
        number('min', 'People, at least'),
        number('max', 'People, at most'),
        number('participants_per_clinician', 'People for each clinician'),
      ]),
    ],
  },
  {
    list: 'sites',
    name: 'Sites',
    one: 'site',
    columns: ['id', 'name', 'address', 'time_zone', 'jurisdiction'],
    fields: [
      id,
      text('name', 'Name', NEEDED),
      text('address', 'Address'),
      text('time_zone', 'Time zone', { ...NEEDED, hint: 'such as America/New_York' }),
      text('jurisdiction', 'Jurisdiction', NEEDED),
      windows('hours', 'Open'),
      windows('closed', 'Closed'),
    ],
  },
];

export type Entity = Record<string, unknown> & { id: string };

/** A value in the cell of a table. */
export function cell(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (value === true) return 'yes';
  if (value === false) return 'no';
  if (!Array.isArray(value)) return typeof value === 'object' ? '…' : String(value);
  if (value.every((v) => typeof v === 'string')) return value.join(', ');
  return String(value.length);
}

/** A value from what was typed; undefined where nothing was. */
export function typed(field: Field, given: string): unknown {
  const trimmed = given.trim();
  switch (field.as) {
    case 'number':
      // What is no number goes to the service as it is: it says what is wrong.
      return trimmed === '' ? undefined : Number.isFinite(Number(trimmed)) ? Number(trimmed) : trimmed;
    case 'words': {
      const list = trimmed.split(',').map((w) => w.trim()).filter(Boolean);
      return list.length ? list : undefined;
    }
    default:
      return trimmed === '' ? undefined : trimmed;
  }
}

/** A copy with a member set, or taken away where the value is undefined. */
export function withMember<T extends Record<string, unknown>>(of: T, name: string, value: unknown): T {
  const copy: Record<string, unknown> = { ...of };
  if (value === undefined) delete copy[name];
  else copy[name] = value;
  return copy as T;
}

/** The faults at a pointer; with `below`, also those inside it that no field of ours shows. */
export function at(faults: Fault[], pointer: string): Fault[] {
  return faults.filter((f) => f.pointer === pointer);
}

/** Pointers at which the form of a list can show something. */
export function shownAt(fields: Field[], value: Record<string, unknown>, pointer = ''): Set<string> {
  const out = new Set<string>();
  for (const field of fields) {
    const here = `${pointer}/${field.name}`;
    out.add(here);
    const inner = value[field.name];
    if (field.as === 'rows' && Array.isArray(inner)) {
      inner.forEach((row: unknown, k) => {
        out.add(`${here}/${k}`);
        for (const p of shownAt(field.of ?? [], (row ?? {}) as Record<string, unknown>, `${here}/${k}`)) out.add(p);
      });
    } else if (field.as === 'part' && inner && typeof inner === 'object') {
      for (const p of shownAt(field.of ?? [], inner as Record<string, unknown>, here)) out.add(p);
    } else if (Array.isArray(inner)) {
      inner.forEach((_, k) => out.add(`${here}/${k}`));
    }
  }
  return out;
}
