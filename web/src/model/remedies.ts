// Remedies: the smallest changes of the programme's data with which an order would have a place. Each is a list of edits
// that address things by their ids (`/rooms/s1-g1/capacity`).

import type { Change } from '../api/types';

/** Which entity an edit is about; null for what is no edit of a stored entity. */
export function target(change: Change): { list: string; id: string; rest: string[] } | null {
  const path = 'set' in change ? change.set : 'add' in change ? change.add : 'remove' in change ? change.remove : '';
  const parts = path.split('/').slice(1).map((p) => p.replaceAll('~1', '/').replaceAll('~0', '~'));
  const [list, id, ...rest] = parts;
  if (!list || !id || rest.length === 0) return null;
  return { list, id, rest };
}

/** An entity with an edit made in it. Entries of lists go by their id, or by their position where they have none. */
export function edited<T>(entity: T, rest: string[], change: Change): T {
  const copy = structuredClone(entity);
  let at: unknown = copy;
  for (const name of rest.slice(0, -1)) at = member(at, name);
  const last = rest.at(-1) ?? '';
  if (Array.isArray(at)) {
    const k = position(at, last);
    if ('remove' in change) at.splice(k, 1);
    else if ('add' in change) at.splice(last === '-' ? at.length : k, 0, change.value);
    else if ('set' in change) at[k] = change.to;
  } else if (at && typeof at === 'object') {
    const members = at as Record<string, unknown>;
    if ('remove' in change) delete members[last];
    else if ('add' in change && Array.isArray(members[last])) (members[last] as unknown[]).push(change.value);
    else if ('add' in change) members[last] = [change.value];
    else if ('set' in change) members[last] = change.to;
  } else throw new Error(`There is no ${rest.join('/')} to change.`);
  return copy;
}

function member(of: unknown, name: string): unknown {
  if (Array.isArray(of)) return of[position(of, name)] as unknown;
  return (of as Record<string, unknown> | undefined)?.[name];
}

function position(list: unknown[], name: string): number {
  const byId = list.findIndex((entry) => (entry as { id?: unknown } | null)?.id === name || entry === name);
  const k = byId >= 0 ? byId : Number(name);
  return Number.isInteger(k) ? k : list.length;
}
