// By mouse: a session is dragged; while it is carried the places are tinted by what the rules say; it lands on one that is
// allowed, and the cost is told. Two change places; a group has one person less and one more.

import assert from 'node:assert/strict';
import { movable } from './keyboard.js';

export async function drag({ page, look, step, url }) {
  const session = await movable(page, url);
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

  const swap = page.getByLabel('Change places');
  await swap.selectOption({ index: 1 });
  await page.locator('#tab-changes .count', { hasText: '2' }).waitFor();
  step('two sessions change places');

  const { draft } = await (await page.request.get(`${url}/v1/programs/demo/weeks/2026-11-30`)).json();
  const group = draft.sessions.find((s) => s.group && s.site === 's1' && s.room && s.participants.length > 2);
  const who = group.participants.at(-1);
  await page.goto(`${url}/#/demo/2026-11-30/week?by=group&id=${group.group}&session=${group.id}&panel=session`);
  await page.getByLabel('Somebody leaves').selectOption(who);
  await page.locator('#tab-changes .count', { hasText: '3' }).waitFor();
  await page.getByLabel('Somebody joins').selectOption(who);
  await page.locator('#tab-changes .count', { hasText: '4' }).waitFor();
  step('somebody leaves a meeting and joins it again');
  await page.getByRole('tab', { name: /Changes/ }).click();
  await page.locator('.effect').waitFor();
  await page.getByRole('button', { name: 'Forget all' }).click();
  await page.getByText(/^Nothing waits/).waitFor();
}

/** The pointer must not move while it carries. */
async function lookCarrying(look, page) {
  const { move } = page.mouse;
  page.mouse.move = async () => {};
  try {
    await look('dragging');
  } finally {
    page.mouse.move = move;
  }
}
