// Changes of the programme's data that belong to a change of the week: made with it, and taken back with it.

import { ask } from '../api/client';
import type { Change, Remedy } from '../api/types';
import type { DataChange, Edit } from '../model/edits';
import { edited, target } from '../model/remedies';
import { when } from './byhand';
import { desk } from './desk.svelte';
import { names } from './names.svelte';
import type { Book } from '../model/book';

type Stored = Record<string, unknown>;

/** An entity without its record: that is kept apart, and stays as it is where a change does not tell of it. */
async function stored(path: string): Promise<{ body: Stored; etag: string | null }> {
  const { body, etag } = await ask<Stored>('GET', path);
  const { record: _, ...rest } = body;
  return { body: rest, etag };
}

async function write(path: string, from: Stored, to: Stored) {
  const { body, etag } = await stored(path);
  if (JSON.stringify(body) !== JSON.stringify(from)) throw new Error(`Somebody else has changed ${path.split('/').pop()} meanwhile. Look at it under Data.`);
  await ask('PUT', path, { body: to, headers: etag ? { 'If-Match': etag } : {} });
}

/** Makes the data changes of an edit again, or takes them back; those that were made before one failed are taken back. */
export async function switched(edit: Edit, back: boolean): Promise<void> {
  const changes = back ? [...(edit.data ?? [])].reverse() : (edit.data ?? []);
  const done: DataChange[] = [];
  const one = (c: DataChange, back: boolean) => (back ? write(c.path, c.after, c.before) : write(c.path, c.before, c.after));
  try {
    for (const change of changes) {
      await one(change, back);
      done.unshift(change);
    }
  } catch (error) {
    for (const change of done) await one(change, !back);
    throw error;
  }
}

async function change(edit: Change): Promise<DataChange | null> {
  const at = target(edit);
  if (!at) return null;
  const path = `/v1/programs/${encodeURIComponent(desk.program ?? '')}/${at.list}/${encodeURIComponent(at.id)}`;
  const { body: before, etag } = await stored(path);
  await ask('PUT', path, { body: edited(before, at.rest, edit), headers: etag ? { 'If-Match': etag } : {} });
  // As the service has it now, which may write it otherwise.
  return { path, before, after: (await stored(path)).body };
}

/** Applies a remedy: the programme is changed, and the session has its place among the changes that wait. */
export async function applied(book: Book, order: string, remedy: Remedy): Promise<void> {
  const whose = book.orders.get(order)?.participant.id ?? '';
  const first = remedy.sessions[0];
  const label = `${first ? book.title(first) : order} for ${names.short(whose)}${first ? `, ${when(first)}` : ''}`;
  const edit = { label, put: [...remedy.sessions, ...remedy.moves], drop: [], data: [] as DataChange[] };
  try {
    for (const each of remedy.edits) {
      const made = await change(each);
      if (made) edit.data.push(made);
    }
  } catch (error) {
    await switched(edit, true);
    throw error;
  }
  if (edit.data.length) {
    edit.label += '; the programme’s data are changed for it';
    await desk.refresh();
  }
  await desk.edit(edit);
}
