// Two coordinators on one week: what one saves the other sees at once, and nobody overwrites.

import { movable } from './keyboard.js';

export async function two({ page, look, step, url, context }) {
  const week = `${url}/#/demo/2026-11-30/week?by=clinician`;
  await page.goto(week);
  await page.locator('.session').first().waitFor();
  const session = await movable(page, url);
  const other = await context.newPage();
  await other.goto(`${week}&session=${session.id}&panel=session`);
  await other.getByRole('button', { name: 'Where could it go?' }).click();
  await other.locator('#places .place').first().click();
  await other.getByText(/^Moved /).waitFor();

  // The first has something that waits when the second saves.
  const held = await movable(page, url, session.id);
  await page.goto(`${week}&session=${held.id}&panel=session`);
  await page.getByLabel(/Pinned: solving/).check();
  await page.locator('#tab-changes .count').waitFor();
  await other.getByRole('tab', { name: /Changes/ }).click();
  await other.getByRole('button', { name: /^Save into the draft/ }).click();
  await other.getByText(/^Saved into the draft/).waitFor();
  await page.getByText(/^Somebody else has changed this week.*with your changes over it/).waitFor();
  await look('others', page, { told: true });
  step('what another coordinator saves is seen at once, with one’s own changes over it');
  await page.getByRole('tab', { name: /Changes/ }).click();
  await page.getByRole('button', { name: 'Forget all' }).click();

  // The other saves in the same moment, before anything is heard: nothing is overwritten, and the page says what to do.
  await page.goto(`${week}&session=${held.id}&panel=session`);
  await page.getByLabel(/Pinned: solving/).check();
  await page.getByRole('tab', { name: /Changes/ }).click();
  const save = page.getByRole('button', { name: /^Save into the draft/ });
  await save.waitFor();
  const stale = (route) => route.continue({ headers: { ...route.request().headers(), 'if-match': '"1"' } });
  await page.route('**/draft', stale, { times: 1 });
  await save.click();
  await page.getByText(/^Somebody else has changed this week meanwhile/).waitFor();
  await save.click();
  await page.getByText(/^Saved into the draft/).waitFor();
  step('who comes late overwrites nothing, looks, and saves again');
  await other.close();
}
