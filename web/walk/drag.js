// By mouse: a session is dragged; while it is carried the places of every column are tinted by what the rules say; it lands on
// one that is allowed, in another room and with another clinician, too, and the cost is told; or on one that is forbidden,
// and the rules are. Two change places; a group has one person less and one more.

import assert from 'node:assert/strict';
import { meeting } from './keyboard.js';

export async function drag({ page, look, step, url }) {
  const session = await carriable(page, url, 'clinician', { within: true });
  await page.goto(`${url}/#/demo/2026-11-30/week?by=clinician&id=${session.clinicians[0]}`);
  const card = page.locator(`[data-session="${session.id}"]`);
  await card.waitFor();
  await card.scrollIntoViewIfNeeded();
  const box = await card.boundingBox();
  await page.mouse.move(box.x + box.width / 2, box.y + 6);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width / 2, box.y + 24, { steps: 3 });
  await page.locator('.tint.forbidden').first().waitFor();
  const free = page.locator('.tint.allowed, .tint.better, .tint.dearer');
  await free.first().waitFor();
  await lookCarrying(look, page);
  const board = await page.locator('.scroll').boundingBox();
  let landed = false;
  for (const tint of await free.all()) {
    const to = await tint.boundingBox();
    const away = Math.abs(to.x - box.x) > 5 || Math.abs(to.y - box.y) > 10;
    if (!away || to.y < board.y + 8 || to.y + to.height > board.y + board.height - 30) continue;
    await page.mouse.move(to.x + to.width / 2, to.y + 7, { steps: 4 });
    await page.mouse.up();
    landed = true;
    break;
  }
  assert(landed, 'No tinted place is in sight.');
  await page.getByText(/^Moved .*: (costs|saves)/).waitFor();
  step('a session is dragged where the board says that it may, and the cost is told');

  const forget = async () => {
    await page.getByRole('tab', { name: /Changes/ }).click();
    await page.getByRole('button', { name: 'Forget all' }).click();
    await page.getByText(/^Nothing waits/).waitFor();
  };
  await forget();
  for (const by of ['room', 'clinician']) {
    const carried = await carriable(page, url, by);
    await page.goto(`${url}/#/demo/2026-11-30/week?by=${by}&site=s1&day=${carried.start.slice(0, 10)}`);
    await across({ page, look, session: carried, by });
    step(`one is dragged to another ${by}, all of whose places are tinted, and to a place that is forbidden`);
    await forget();
  }
  await page.goto(`${url}/#/demo/2026-11-30/week?by=clinician&id=${session.clinicians[0]}&session=${session.id}&panel=session`);

  await page.getByLabel('Change places').selectOption({ index: 1 });
  await page.getByRole('button', { name: 'Swap', exact: true }).click();
  await page.locator('#tab-changes .count', { hasText: '1' }).waitFor();
  step('two sessions change places');

  const group = await meeting(page, url);
  const who = group.participants.at(-1);
  await page.goto(`${url}/#/demo/2026-11-30/week?by=group&id=${group.group}&session=${group.id}&panel=session`);
  await page.getByLabel('Somebody leaves').selectOption(who);
  await page.getByRole('button', { name: 'Take out', exact: true }).click();
  await page.locator('#tab-changes .count', { hasText: '2' }).waitFor();
  await page.getByLabel('Somebody joins').selectOption(who);
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await page.locator('#tab-changes .count', { hasText: '3' }).waitFor();
  step('somebody leaves a meeting and joins it again');
  await page.getByRole('tab', { name: /Changes/ }).click();
  await page.locator('.effect').waitFor();
  await forget();
}

/** A session that could stand in another column of its day (or `within` its own at another time), both in sight: the rules are asked as the page asks them. */
async function carriable(page, url, by, { within = false } = {}) {
  const { problem, draft } = await (await page.request.get(`${url}/v1/programs/demo/weeks/2026-11-30`)).json();
  const ids = (by === 'room' ? problem.rooms.filter((r) => r.site === 's1') : problem.clinicians.filter((c) => c.home_site === 's1')).map((e) => e.id);
  const near = (start) => Number(start.slice(11, 13)) >= 9 && Number(start.slice(11, 13)) < 16;
  for (const session of draft.sessions) {
    const own = by === 'room' ? session.room : session.clinicians[0];
    if (!session.order || session.pinned || session.site !== 's1' || !session.room || !ids.includes(own) || !near(session.start)) continue;
    const columns = ids.filter((id) => (id === own) === within).map((id) => (by === 'room' ? { room: id } : { clinician: id, instead_of: own }));
    const data = { problem, calendar: { sessions: draft.sessions }, session: session.id, columns };
    const found = await (await page.request.post(`${url}/v1/places`, { data })).json();
    const elsewhere = (p) => (within ? p.session.start !== session.start : p.session.start.slice(0, 10) === session.start.slice(0, 10));
    const there = (p) => p.breaks.length === 0 && near(p.session.start) && elsewhere(p);
    if (found.columns.some((places) => places.some(there))) return session;
  }
  return assert.fail(`No session could stand in another column by ${by}.`);
}

/** Drags a session into another column: first where the board allows it, then where it does not, which is undone. */
async function across({ page, look, session, by }) {
  const card = page.locator(`[data-session="${session.id}"]`).first();
  for (const kind of ['allowed', 'forbidden']) {
    await card.waitFor();
    await card.scrollIntoViewIfNeeded();
    const column = await card.evaluate((e) => e.closest('[data-column]').dataset.column);
    const box = await card.boundingBox();
    await page.mouse.move(box.x + box.width / 2, box.y + 5);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width / 2, box.y + 20, { steps: 3 });
    // Every column is tinted, each from its own answer.
    await page.waitForFunction(() => [...document.querySelectorAll('[data-column]')].every((c) => c.querySelector('.tint')));
    const others = page.locator(`[data-column]:not([data-column="${column}"])`);
    for (const tint of ['forbidden', kind]) {
      const count = await others.locator(tint === 'allowed' ? '.tint.allowed, .tint.better, .tint.dearer' : '.tint.forbidden').count();
      assert(count > 0, `No place in another column is ${tint}.`);
    }
    if (kind === 'allowed') await lookCarrying(look, page, `dragging-${by}`);
    const board = await page.locator('.scroll').boundingBox();
    const wanted = others.locator(kind === 'allowed' ? '.tint.allowed, .tint.better, .tint.dearer' : '.tint.forbidden');
    const boxes = await wanted.evaluateAll((all) => all.map((e) => e.getBoundingClientRect()).map(({ x, y, width, height }) => ({ x, y, width, height })));
    const to = boxes.find((b) => b.y > board.y + 8 && b.y + b.height < board.y + board.height - 40);
    assert(to, `No ${kind} place of another column is in sight.`);
    await page.mouse.move(to.x + to.width / 2, to.y + 6, { steps: 4 });
    await page.locator(kind === 'allowed' ? '.said.allowed, .said.better, .said.dearer' : '.said.forbidden').waitFor();
    // A time is always told with its zone.
    assert.match(await page.locator('.said').textContent(), /^\d\d:\d\d [A-Z]{3,4} /);
    await page.mouse.up();
    await page.getByText(kind === 'allowed' ? new RegExp(`^Moved .*(${by === 'room' ? 'into' : 'with'} ).*: (costs|saves)`) : /^Moved .*It breaks/).waitFor();
    if (kind === 'allowed') assert.notEqual(await card.evaluate((e) => e.closest('[data-column]').dataset.column), column);
    else await page.keyboard.press('Control+z');
    await page.locator('.tint').first().waitFor({ state: 'detached' });
  }
}

/** The pointer must not move while it carries. */
async function lookCarrying(look, page, name = 'dragging') {
  const { move } = page.mouse;
  page.mouse.move = async () => {};
  try {
    await look(name, page, { keep: name === 'dragging-clinician' });
  } finally {
    page.mouse.move = move;
  }
}
