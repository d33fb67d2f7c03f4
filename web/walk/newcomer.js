// As somebody new goes: the week is solved and stopped, what is missing gets a place, one session is moved, both are saved,
// published and printed, with nothing but what the page says. Within five minutes.

import assert from 'node:assert/strict';

const PATIENCE = 5 * 60 * 1000;

export async function newcomer({ page, look, step, url }) {
  const begun = Date.now();
  await page.goto(url);
  await page.locator('.session').first().waitFor();
  await solved({ page, step, url });
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
  await page.getByRole('link', { name: 'Participant', exact: true }).click();
  await page.locator('article li').first().waitFor();
  // Paper comes out of the browser: that it is asked for is what can be seen here.
  await page.evaluate(() => (window.print = () => (window.asked = (window.asked ?? 0) + 1)));
  await page.getByRole('button', { name: 'Print', exact: true }).click();
  assert.equal(await page.evaluate(() => window.asked), 1);
  const took = Date.now() - begun;
  assert(took < PATIENCE, `It took ${took} ms.`);
  step(`somebody new solves, gives a missing session a place, moves another, publishes and prints in ${(took / 1000).toFixed(0)} s`);
}

/** Solves the week for longer than one likes to wait, and stops: the best so far is kept. */
async function solved({ page, step, url }) {
  const week = async () => (await page.request.get(`${url}/v1/programs/demo/weeks/2026-11-30`)).json();
  const before = (await week()).draft.objective;
  await page.getByRole('button', { name: /^(Improve|Solve)…$/ }).click();
  await page.getByLabel('Time').selectOption({ label: '10 minutes' });
  await page.getByRole('button', { name: /^(Improve|Solve)$/ }).click();
  const band = page.getByRole('region', { name: 'Solving' });
  await band.getByText(/^[1-9]\d* of 600 s$/).waitFor();
  await band.locator('dd').first().filter({ hasText: /\d/ }).waitFor();
  const stopped = page.waitForResponse((r) => r.request().method() === 'DELETE' && /\/v1\/solves\//.test(r.url()));
  const clicked = Date.now();
  await band.getByRole('button', { name: 'Stop, keep the best' }).click();
  const answer = await stopped;
  assert(answer.ok(), `Stopping was answered with ${answer.status()}.`);
  await band.waitFor({ state: 'detached' });
  assert(Date.now() - clicked < 30_000, 'The solve went on after it was stopped.');
  const solve = await (await page.request.get(answer.url())).json();
  assert(solve.seconds < 300, `It ran for ${solve.seconds} s.`);
  const { draft } = await week();
  assert(draft.sessions.length > 0 && draft.objective <= before, 'The best was not kept.');
  await page.locator('.session').first().waitFor();
  step(`a solve of ten minutes is stopped after ${Math.round(solve.seconds)} s: ${solve.status}, its best is kept`);
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
