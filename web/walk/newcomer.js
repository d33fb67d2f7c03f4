// As somebody new goes: what is missing gets a place, one session is moved, both are saved, published and printed, with
// nothing but what the page says. Within five minutes.

import assert from 'node:assert/strict';

const PATIENCE = 5 * 60 * 1000;

export async function newcomer({ page, look, step, url }) {
  const begun = Date.now();
  await page.goto(url);
  await page.locator('.session').first().waitFor();
  await page.getByRole('tab', { name: /Missing/ }).click();
  const put = page.getByRole('button', { name: /^Put it there|^Apply$/ }).first();
  await first(page, page.locator('#panel .head'), put, page.getByText(/^No small change that was tried would/));
  await put.click();
  await page.getByRole('button', { name: 'Review 1 change' }).waitFor();

  const place = page.locator('#places .place').first();
  await first(page, page.locator('.session'), place, page.getByText(/^No other place is allowed/), async () => {
    await page.getByRole('button', { name: 'Where could it go?' }).click();
  });
  await place.click();
  await page.getByText(/^Moved /).waitFor();
  await page.getByRole('button', { name: 'Review 2 changes' }).click();
  await page.locator('.effect').waitFor();
  await page.getByRole('button', { name: /^Save into the draft/ }).click();
  await page.getByText(/^Saved into the draft/).waitFor();
  await page.getByRole('button', { name: 'Publish', exact: true }).click();
  await page.getByText(/^Published as version/).waitFor();
  await page.getByRole('link', { name: 'Print', exact: true }).click();
  await page.getByRole('button', { name: 'Print', exact: true }).waitFor();
  await page.locator('article li').first().waitFor();
  const took = Date.now() - begun;
  assert(took < PATIENCE, `It took ${took} ms.`);
  step(`somebody new gives a missing session a place, moves another, publishes and prints in ${(took / 1000).toFixed(0)} s`);
}

/** Opens one after the other until there is what is looked for. */
async function first(page, list, wanted, nothing, then = async () => {}) {
  for (let k = 0; k < 30; k += 1) {
    await list.nth(k).click();
    await then();
    await wanted.or(nothing).first().waitFor();
    if (await wanted.isVisible()) return;
  }
  assert.fail('None of the first thirty has what is looked for.');
}
