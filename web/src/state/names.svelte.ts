// Whom an id stands for, for those who may see the records: shown only while somebody asks for it, kept nowhere.

import { SvelteMap } from 'svelte/reactivity';
import { ask } from '../api/client';
import { desk } from './desk.svelte';

interface Person {
  name: string;
  phone: string;
}
interface Stored {
  record?: { name?: string; preferred_name?: string; phone?: string };
}

/** Records that are asked for at once. */
const AT_ONCE = 4;

class Names {
  on = $state(false);
  #known = new SvelteMap<string, Person>();
  #waiting: string[] = [];
  #asked = new Set<string>();
  #busy = 0;

  /** Whether the reader may see names at all. */
  get may(): boolean {
    return desk.may('record');
  }

  /** What a participant is called on the screen: the id, or the name where names are shown and there is one. */
  of(id: string): string {
    return this.#person(id)?.name || id;
  }

  /** The telephone, where names are shown. */
  phone(id: string): string {
    return this.#person(id)?.phone ?? '';
  }

  #person(id: string): Person | undefined {
    if (!this.on || !this.may) return undefined;
    const key = `${desk.program} ${id}`;
    const known = this.#known.get(key);
    if (!known && !this.#asked.has(key)) {
      this.#asked.add(key);
      this.#waiting.push(key);
      queueMicrotask(() => this.#next());
    }
    return known;
  }

  #next() {
    while (this.#busy < AT_ONCE) {
      const key = this.#waiting.shift();
      if (key === undefined) return;
      const [program = '', id = ''] = key.split(' ');
      this.#busy += 1;
      ask<Stored>('GET', `/v1/programs/${encodeURIComponent(program)}/participants/${encodeURIComponent(id)}`)
        .then(({ body }) => {
          const { name = '', preferred_name = '', phone = '' } = body.record ?? {};
          this.#known.set(key, { name: preferred_name || name, phone });
        })
        // Who has left the programme has no record: the id stays.
        .catch(() => this.#known.set(key, { name: '', phone: '' }))
        .finally(() => {
          this.#busy -= 1;
          this.#next();
        });
    }
  }
}

export const names = new Names();
