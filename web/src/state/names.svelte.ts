// Whom an id stands for, for those who may see the records: initials, and names while somebody asks for them; kept nowhere.

import { ask } from '../api/client';
import type { Named, Names as Told, StoredParticipant } from '../api/types';
import type { Book } from '../model/book';
import type { By } from '../model/route';
import { unlike } from '../model/initials';
import { desk } from './desk.svelte';

class Names {
  /** Whether names are shown instead of initials. */
  on = $state(false);
  #known = $state.raw<Map<string, Named>>(new Map());
  #of: string | null = null;

  /** Whether the reader may see names at all. */
  get may(): boolean {
    return desk.may('record');
  }

  /** Asks for the names of a programme; what was known of another is forgotten. */
  async load(program: string) {
    if (this.#of !== program) this.#known = new Map();
    this.#of = program;
    if (!this.may) return;
    try {
      const { items } = (await ask<Told>('GET', `/v1/programs/${encodeURIComponent(program)}/names`)).body;
      if (this.#of === program) this.#known = unlike(items);
    } catch {
      // Ids are shown instead.
    }
  }

  /** What a participant is called on the screen: the initials or the name where there is a record, else the id. */
  of(id: string): string {
    const known = this.#known.get(id);
    return known ? (this.on ? known.name : known.initials) : id;
  }

  /** The initials, whatever is shown: for what is kept. */
  short(id: string): string {
    return this.#known.get(id)?.initials ?? id;
  }

  /** The language of what is printed for somebody: as the record says, else the first that is spoken. */
  language(book: Book, id: string): string {
    return this.#known.get(id)?.language ?? book.participants.get(id)?.languages?.[0] ?? 'en';
  }

  /** What something to choose from is called. */
  choice(by: By, { id, name }: { id: string; name: string }): string {
    if (by !== 'participant') return name;
    const called = this.of(id);
    return called === id ? id : `${called} (${id})`;
  }

  /** A sentence of the service with its times and people as the reader knows them. */
  told(book: Book, sentence: string): string {
    return book.told(sentence).replace(/([A-Za-z0-9][A-Za-z0-9._:-]*[A-Za-z0-9])(\/\d+)?/g, (whole, word: string) => {
      // An id that is a plain word or number may be no id here.
      if (!/[\d-]/.test(word) || !/[A-Za-z]/.test(word)) return whole;
      if (book.participants.has(word)) return this.of(word);
      const order = book.orders.get(word)?.order;
      return (order ? book.services.get(order.service) : book.clinicians.get(word))?.name ?? whole;
    });
  }

  /** The telephone of a record, asked for when it is needed. */
  async phone(program: string, id: string): Promise<string> {
    const path = `/v1/programs/${encodeURIComponent(program)}/participants/${encodeURIComponent(id)}`;
    return (await ask<StoredParticipant>('GET', path)).body.record?.phone ?? '';
  }
}

export const names = new Names();
