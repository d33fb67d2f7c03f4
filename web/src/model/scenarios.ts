// Changes to be tried: what can be chosen from the form, and the edits of the problem that it stands for.

import type { Change, Use } from '../api/types';
import type { Book } from './book';
import type { By } from './route';
import { DAY_NAMES } from './time';

export interface Scenario {
  id: string;
  name: string;
  edits: Change[];
}

export interface ScenarioKind {
  kind: string;
  name: string;
  /** Of what; none where it is about all of them. */
  of?: By;
  /** What is asked beside it. */
  number?: { label: string; usual: number };
  day?: boolean;
}

export const KINDS: ScenarioKind[] = [
  { kind: 'more-room', name: 'One more room like', of: 'room' },
  { kind: 'more-clinician', name: 'One more clinician like', of: 'clinician' },
  { kind: 'evening-clinician', name: 'One more, evenings only, like', of: 'clinician' },
  { kind: 'more-participant', name: 'More participants like', of: 'participant', number: { label: 'How many', usual: 1 } },
  { kind: 'mix', name: 'More participants like this week’s', number: { label: 'How many', usual: 5 } },
  { kind: 'no-room', name: 'Without the room', of: 'room' },
  { kind: 'no-clinician', name: 'Without the clinician', of: 'clinician' },
  { kind: 'no-group', name: 'Without the group', of: 'group' },
  { kind: 'closed', name: 'A day closed at', of: 'site', day: true },
  { kind: 'groups', name: 'All groups smaller', number: { label: 'At most', usual: 10 } },
];

const LISTS: Record<By, string> = { room: 'rooms', clinician: 'clinicians', participant: 'participants', group: 'groups', site: 'sites' };

/** The scenario that a form stands for. */
export function scenario(book: Book, id: string, kind: ScenarioKind, whose: string, count: number, day: string): Scenario {
  const path = kind.of ? `/${LISTS[kind.of]}/${whose}` : '';
  const name = kind.of ? book.name(kind.of, whose) : '';
  const plain = { id, name: `${kind.name} ${name}` };
  switch (kind.kind) {
    case 'more-room':
    case 'more-clinician':
      return { ...plain, edits: [{ copy: path, count: 1 }] };
    case 'evening-clinician':
      return { id, name: `One more clinician like ${name}, evenings only`, edits: [{ say: `one more clinician like ${whose}, evenings only` }] };
    case 'more-participant':
      return { id, name: `${count} more like ${name}`, edits: [{ copy: path, count }] };
    case 'mix':
      return { id, name: `${count} more participants like this week’s`, edits: [{ say: `${count} more participants like this week's mix` }] };
    case 'closed':
      return { id, name: `${name} closed on ${DAY_NAMES[day] ?? day}`, edits: [{ say: `site ${whose} closed on ${(DAY_NAMES[day] ?? day).toLowerCase()}` }] };
    case 'groups':
      return { id, name: `All groups at most ${count}`, edits: [{ say: `all groups at most ${count}` }] };
    default:
      return { ...plain, edits: [{ remove: path }] };
  }
}

/** Scenarios as the address has them; none of what is not understood. */
export function readScenarios(text: string | null): Scenario[] {
  try {
    const list: unknown = JSON.parse(text ?? '[]');
    return Array.isArray(list)
      ? list.filter((s: Scenario | null): s is Scenario => typeof s?.id === 'string' && typeof s.name === 'string' && Array.isArray(s.edits))
      : [];
  } catch {
    return [];
  }
}

/** The share in use at each hour of the day, all days together. */
export function byHour(use: Use): Map<number, number> {
  const sums = new Map<number, { used: number; open: number }>();
  for (const { hour, used_minutes, open_minutes } of use.by_hour) {
    const sum = sums.get(hour) ?? { used: 0, open: 0 };
    sums.set(hour, { used: sum.used + used_minutes, open: sum.open + open_minutes });
  }
  return new Map([...sums].sort(([a], [b]) => a - b).map(([hour, { used, open }]) => [hour, open ? used / open : 0]));
}
