// Changes that wait outlive a reload of the page, and a look at another week: this tab remembers them, and nothing else does.

import { NOTHING, type Edit, type History } from '../model/edits';

const key = (program: string, week: string) => `careweave-waits-${program}-${week}`;

export function keep(program: string, week: string, history: History) {
  try {
    if (history.done.length + history.undone.length === 0) sessionStorage.removeItem(key(program, week));
    else sessionStorage.setItem(key(program, week), JSON.stringify(history));
  } catch {
    // Where nothing may be stored, a reload forgets them.
  }
}

export function kept(program: string, week: string): History {
  try {
    const found: unknown = JSON.parse(sessionStorage.getItem(key(program, week)) ?? 'null');
    const { done, undone } = (found ?? NOTHING) as History;
    const edits = (list: Edit[]) => Array.isArray(list) && list.every((e) => Array.isArray(e.put) && Array.isArray(e.drop));
    return edits(done) && edits(undone) ? { done, undone } : NOTHING;
  } catch {
    return NOTHING;
  }
}
