// Where the reader is: follows the address, and changes it.

import { read, write, type Route } from '../model/route';

/** The place in the address at which a session is surely seen: its site's week. */
export function seen(session: { id: string; site: string }): Partial<Route> {
  return { screen: 'week', by: 'room', id: null, site: session.site, day: null, session: session.id, panel: 'session' };
}

class Where {
  at = $state<Route>(read(location.hash));

  constructor() {
    addEventListener('hashchange', () => {
      this.at = read(location.hash);
    });
  }

  /** Goes on from here; the step before stays in the history. */
  go(change: Partial<Route>) {
    const to = write({ ...this.at, ...change });
    if (to !== location.hash) location.hash = to;
  }

  /** The same, without a step in the history. */
  put(change: Partial<Route>) {
    history.replaceState(null, '', write({ ...this.at, ...change }));
    this.at = read(location.hash);
  }

  link(change: Partial<Route>): string {
    return write({ ...this.at, ...change });
  }
}

export const where = new Where();
