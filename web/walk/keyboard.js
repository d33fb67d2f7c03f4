// By keyboard alone: solve, take a session out, see why it is missing, give it a place, move another, pin, undo, swap two,
// take somebody out of a group and put them in again, save, publish. Once the page is there nothing is clicked, no address
// is typed, and every control is reached by Tab.

import assert from 'node:assert/strict';
import { choose, tabTo } from './keys.js';

export async function keyboard({ page, look, step, url }) {
  const press = (key) => page.keyboard.press(key);
  /** Goes to the week of a room, a person or a group; without an id to that of all. */
  const see = async (by, id = null) => {
    await tabTo(page, `[aria-label="Whose week"] a[href*="by=${by}"]`, { back: true });
    await press('Enter');
    await page.locator(`[aria-label="Whose week"] a[href*="by=${by}"][aria-current]`).waitFor();
    if (id) await choose(page, '#whose', id);
  };
  await page.goto('about:blank');
  await page.goto(url);
  await page.locator('.session').first().waitFor();
  await see('clinician');

  // Solve: five seconds, with an aim beside the least cost, both chosen from lists.
  await tabTo(page, '.solving');
  await press('Enter');
  await page.locator('#seconds:focus').waitFor();
  await press('Home');
  await tabTo(page, '#goal');
  await press('ArrowDown');
  await look('solve');
  await tabTo(page, '.start');
  await press('Enter');
  await page.getByRole('region', { name: 'Solving' }).waitFor();
  await page.getByRole('region', { name: 'Solving' }).waitFor({ state: 'detached' });
  await page.getByText('What the aim brought').waitFor();
  step('the week is solved again with an aim, by keyboard');

  // A session for one person is taken out.
  const single = await movable(page, url);
  await see('clinician', single.clinicians[0]);
  await page.locator(`[data-session="${single.id}"]`).waitFor();
  await tabTo(page, '.session');
  await walkTo(page, single.id);
  await press('Enter');
  await tabTo(page, '.remove');
  await press('Enter');
  await page.locator('.effect').waitFor();
  step('a session is taken out, and what that costs is told');

  // It is missing now: why, and where it could go.
  await tabTo(page, '#tab-missing', { back: true });
  await press('Enter');
  const head = `#order-${escaped(single.order)} .head`;
  await page.locator(head).waitFor();
  await tabTo(page, head);
  await press('Enter');
  await page.getByRole('button', { name: /^Put it there/ }).first().waitFor();
  await look('missing');
  await tabTo(page, '[aria-label^="Put it there"]');
  await press('Enter');
  await page.locator('#tab-changes .count').waitFor();
  step('what is missing is told why, and given a place');

  // Another is moved, pinned, and let go by undo. In the participant's week it stays in sight: the best of its places may
  // be with another clinician.
  const other = await movable(page, url, single.id);
  await see('participant', other.participants[0]);
  await page.locator(`[data-session="${other.id}"]`).waitFor();
  await tabTo(page, '.session');
  await walkTo(page, other.id);
  await press('m');
  await page.locator('ul#places .place').first().waitFor();
  await look('moving');
  await tabTo(page, '#places .place');
  await press('Enter');
  await page.getByText(/^Moved /).waitFor();
  step('a session is moved to the best of its places');
  await tabTo(page, '.session', { back: true });
  await walkTo(page, other.id);
  await press('p');
  await page.locator(`[data-session="${other.id}"][aria-label*="pinned"]`).waitFor();
  await press('Control+z');
  await page.locator(`[data-session="${other.id}"]:not([aria-label*="pinned"])`).waitFor();
  await press('Control+Shift+z');
  await page.locator(`[data-session="${other.id}"][aria-label*="pinned"]`).waitFor();
  step('it is pinned, let go and pinned again');

  // It changes places with another, which is taken back: what the rules say of it is told before anything is saved.
  const count = async (n) => page.locator('#tab-changes .count', { hasText: new RegExp(`^${n}$`) }).waitFor();
  const act = async (id, value, going) => {
    await choose(page, `#${id}`, value, going);
    await tabTo(page, `#${id} + button`);
    await press('Enter');
  };
  const before = Number(await page.locator('#tab-changes .count').innerText());
  const partner = await page.locator('#swapping option:not([disabled])').first().getAttribute('value');
  await act('swapping', partner);
  await count(before + 1);
  await press('Control+z');
  await count(before);
  step('two sessions change places, and go back');
  for (const list of ['other-clinician', 'other-room']) {
    const first = page.locator(`#${list} option:not([disabled]):not([value=""])`).first();
    await act(list, await first.getAttribute('value'), { back: true });
    await count(before + 1);
    await press('Control+z');
    await count(before);
  }
  step('it changes its clinician and its room, and goes back');

  // Somebody leaves a meeting of a group, and joins it again.
  const group = await meeting(page, url);
  await see('group', group.group);
  await page.locator(`[data-session="${group.id}"]`).waitFor();
  await tabTo(page, '.session');
  await walkTo(page, group.id);
  await press('Enter');
  const who = group.participants.at(-1);
  await act('leaving', who);
  await count(before + 1);
  await page.locator(`#joining option[value="${who}"]`).waitFor({ state: 'attached' });
  await act('joining', who, { back: true });
  await count(before + 2);
  step('somebody leaves a meeting and joins it again, by keyboard');

  await tabTo(page, '#tab-changes');
  await press('Enter');
  await page.locator('.effect').waitFor();
  await look('changes');
  await tabTo(page, '.save');
  assert.equal(await page.locator('.save').innerText(), 'Save into the draft');
  await press('Enter');
  await page.getByText(/^Saved into the draft/).waitFor();
  await tabTo(page, '.publish', { back: true });
  await press('Enter');
  await page.getByText(/^Published as version \d/).waitFor();
  step('saved and published, without a mouse');
}

const escaped = (id) => id.replace(/[^A-Za-z0-9_-]/g, (c) => `\\${c}`);

/** Goes from session to session by arrow keys: all of a clinician's week are reached so. */
async function walkTo(page, id) {
  for (const key of ['ArrowDown', 'ArrowRight']) {
    for (let k = 0; k < 60; k += 1) {
      if ((await page.evaluate(() => document.activeElement?.dataset.session)) === id) return;
      await page.keyboard.press(key);
    }
  }
  // Column by column.
  for (let column = 0; column < 8; column += 1) {
    for (let k = 0; k < 20; k += 1) await page.keyboard.press('ArrowUp');
    for (let k = 0; k < 20; k += 1) {
      if ((await page.evaluate(() => document.activeElement?.dataset.session)) === id) return;
      await page.keyboard.press('ArrowDown');
    }
    await page.keyboard.press('ArrowLeft');
  }
  assert.fail(`Arrow keys do not reach ${id}.`);
}

/** A meeting of the draft that somebody can leave and join again. */
export async function meeting(page, url) {
  const { draft } = await (await page.request.get(`${url}/v1/programs/demo/weeks/2026-11-30`)).json();
  return draft.sessions.find((s) => s.group && s.site === 's1' && s.room && s.participants.length > 2);
}

/** A session of the draft for one person that could stand elsewhere, too. */
export async function movable(page, url, but) {
  const { problem, draft } = await (await page.request.get(`${url}/v1/programs/demo/weeks/2026-11-30`)).json();
  for (const session of draft.sessions) {
    if (!session.order || session.id === but || session.site !== 's1' || !session.room) continue;
    const data = { problem, calendar: { sessions: draft.sessions }, session: session.id };
    const { places } = await (await page.request.post(`${url}/v1/places`, { data })).json();
    if (places.some((p) => p.breaks.length === 0 && p.session.start !== session.start)) return session;
  }
  return assert.fail('No session of the draft could stand elsewhere.');
}
