// Initials that tell people apart: who shares them with somebody else has the end of the id behind them.

import type { Named } from '../api/types';

/** People by id; of those with the same initials each has the end of the id, too. */
export function unlike(people: Named[]): Map<string, Named> {
  const count = new Map<string, number>();
  for (const { initials } of people) count.set(initials, (count.get(initials) ?? 0) + 1);
  const end = (id: string) => id.split('-').pop() ?? id;
  return new Map(
    people.map((p) => [p.participant, (count.get(p.initials) ?? 0) > 1 ? { ...p, initials: `${p.initials} ${end(p.participant)}` } : p]),
  );
}
