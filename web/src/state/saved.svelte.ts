// Comparisons that are kept in a list: their names and addresses, on this machine; the answers are with the service.

export interface Saved {
  name: string;
  link: string;
}

const key = (program: string) => `careweave-what-ifs-${program}`;

class SavedList {
  list = $state.raw<Saved[]>([]);
  #program = '';

  open(program: string) {
    this.#program = program;
    try {
      const found: unknown = JSON.parse(localStorage.getItem(key(program)) ?? '[]');
      this.list = Array.isArray(found) ? (found as Saved[]).filter((s) => typeof s?.name === 'string' && s.link?.startsWith('#/')) : [];
    } catch {
      this.list = [];
    }
  }

  add(saved: Saved) {
    this.#keep([saved, ...this.list.filter((s) => s.link !== saved.link)]);
  }

  drop(saved: Saved) {
    this.#keep(this.list.filter((s) => s !== saved));
  }

  #keep(list: Saved[]) {
    this.list = list;
    try {
      localStorage.setItem(key(this.#program), JSON.stringify(list));
    } catch {
      // Then it lasts as long as the page.
    }
  }
}

export const saved = new SavedList();
