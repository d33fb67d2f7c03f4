// The other screens, each with what a person does there.

import assert from 'node:assert/strict';
import { movable } from './keyboard.js';

const WEEK = '#/demo/2026-11-30';

/** Plans after an illness: from few calls to much care; the calls are ticked off; one plan is taken. */
export async function replan({ page, look, step, url }) {
  await page.goto(`${url}/${WEEK}/replan?by=clinician&id=s1-c1&day=2026-12-01`);
  await page.getByLabel('Seconds for looking').fill('2');
  await page.getByRole('button', { name: 'What can be done?' }).click();
  await page.getByRole('heading', { name: /calls? to make/ }).waitFor();
  await page.getByRole('button', { name: 'What can be done?' }).waitFor();
  assert.match(page.url(), /run=/);
  const cost = page.locator('.plan details').first();
  await cost.locator('summary').click();
  await borne(page, cost);
  await page.locator('.calls input').first().check();
  await page.getByText('1 done').waitFor();
  await page.reload();
  await page.getByText('1 done').waitFor();
  await look('replan');
  await page.getByText(/^Sessions missing \(\d+\)$/).click();
  await page.locator('.lost a').first().waitFor();
  await page.getByRole('button', { name: 'Take this plan' }).click();
  await page.locator('.effect').waitFor();
  step('somebody is ill: plans, calls ticked off, one taken');
  await borne(page, page.locator('#panel'));
  step('each part of what the changes cost leads to those who bear it');
  await page.getByRole('button', { name: 'Forget all' }).click();
}

/** A part of a cost is opened, and leads to those on whom it falls; its address opens it again. */
async function borne(page, of) {
  // What was opened elsewhere is open here, too.
  const part = of.locator('.parts button').first();
  await part.waitFor();
  if ((await part.getAttribute('aria-expanded')) === 'false') await part.click();
  await of.locator('.bearer').first().waitFor();
  assert.match(page.url(), /penalty=/);
  assert.match((await of.locator('.bearer a').first().getAttribute('href')) ?? '', /by=participant&id=|session=|filter=/);
}

/** The counts of the reasons lead to who or what stands in the way. */
export async function reasons({ page, step, url }) {
  await page.goto(`${url}/${WEEK}/week?by=room&panel=missing`);
  await page.locator('#panel .head').first().click();
  await page.locator('.reasons .figure').first().click();
  await page.locator('.reasons .behind a').first().waitFor();
  await page.reload();
  const behind = page.locator('.reasons .behind a').first();
  await behind.waitFor();
  assert.match((await behind.getAttribute('href')) ?? '', /(by=\w+&)?id=|session=|entry=/);
  await page.locator('.reasons .figure').first().click();
  await behind.waitFor({ state: 'detached' });
  step('the number of places that a reason forbids leads to who or what stands in the way');
}

/** What if there were one more room? */
export async function whatIf({ page, look, step, url }) {
  await page.goto(`${url}/${WEEK}/what-if`);
  await page.getByLabel('Of what').selectOption('s1-g1');
  await page.getByRole('button', { name: 'Add' }).click();
  await page.getByLabel('Change', { exact: true }).selectOption('no-clinician');
  await page.getByLabel('Of what').selectOption('s1-t2');
  await page.getByRole('button', { name: 'Add' }).click();
  await page.getByLabel('Seconds for each').fill('1');
  await page.getByRole('button', { name: 'Compare' }).click();
  await page.locator('tbody tr').nth(2).waitFor();
  await page.getByRole('button', { name: 'Copy the link' }).waitFor();
  await page.reload();
  await page.locator('tbody tr').nth(2).waitFor();
  step('a change is compared with the week as it is, and its address shows it again');
  // A figure leads to the sessions behind it.
  await page.getByRole('link', { name: /^Orders met/ }).last().click();
  await page.getByRole('img', { name: /^Clinicians in use, by hour/ }).waitFor();
  await page.getByRole('heading', { name: /^Who gains/ }).waitFor();
  assert.match(page.url(), /scenario=s2&?/);
  await page.getByRole('region', { name: 'Orders that miss sessions' }).locator('a[href*="by=participant"]').first().waitFor();
  await look('what-if');
  await page.getByRole('link', { name: 'Sessions from 16:00' }).first().click();
  const behind = page.getByRole('region', { name: 'Sessions from 16:00 to 17:00' });
  await behind.locator('a[href*="session="]').first().waitFor();
  await page.reload();
  await behind.locator('li').first().waitFor();
  await page.getByRole('link', { name: /^Days each/ }).first().click();
  await page.getByRole('region', { name: 'Each participant’s week' }).locator('tbody tr').first().waitFor();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved comparisons (1)').click();
  await page.goto(`${url}/${WEEK}/what-if`);
  await page.getByRole('link', { name: /^One more room like s1-g1/ }).click();
  await page.locator('tbody tr').nth(1).waitFor();
  step('its figures lead to charts and sessions; it is saved and found again');
}

/** What the week costs, and whom: from a figure to the sessions behind it. */
export async function cost({ page, look, step, url }) {
  await page.goto(`${url}/${WEEK}/week?by=room&panel=solve`);
  const part = page.locator('.parts button').first();
  await part.click();
  const who = page.locator('.bearers a').first();
  await who.waitFor();
  await look('cost');
  await who.click();
  await page.waitForURL(/by=participant&id=/);
  await page.locator('.session').first().waitFor();
  step('a figure of the cost leads to whom it falls on');
  await page.goto(`${url}/${WEEK}/week?by=room&panel=solve`);
  await page.getByTitle('The week on which most falls').first().click();
  await page.waitForURL(/by=(participant|clinician)&id=/);
  await page.getByTitle('The week of all of them').first().click();
  await page.waitForURL((at) => !/[&?]id=/.test(at.href));
  step('how evenly it falls leads to the weeks of all, and to that of whom most falls on');
}

/** Changes that wait outlive a reload. */
export async function waits({ page, step, url }) {
  const session = await movable(page, url);
  await page.goto(`${url}/${WEEK}/week?by=clinician&id=${session.clinicians[0]}&session=${session.id}&panel=session`);
  await page.getByLabel(/Pinned: solving/).check();
  await page.locator('#tab-changes .count').waitFor();
  await page.reload();
  await page.locator('#tab-changes .count', { hasText: '1' }).waitFor();
  await page.getByRole('tab', { name: /Changes/ }).click();
  await page.getByRole('button', { name: 'Forget all' }).click();
  await page.getByText(/^Nothing waits/).waitFor();
  step('what waits is there again after a reload');
}

/** What would help is applied, with the data that it changes; undo takes all of it back. */
export async function remedied({ page, look, step, url }) {
  // Somebody who works all week long.
  const path = `${url}/v1/programs/demo/participants/s1-busy`;
  const work = { kind: 'work', flexibility: 'hard', windows: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri'], start: '07:00', end: '21:00' }] };
  const orders = [{ id: 'busy-1', service: 'individual', sessions: 1 }];
  const put = await page.request.put(path, { data: { id: 's1-busy', home_site: 's1', orders, commitments: [work] } });
  assert(put.ok(), await put.text());
  await page.goto(`${url}/${WEEK}/week?by=participant&id=s1-busy&panel=missing&order=busy-1`);
  await page.reload();
  const apply = page.getByRole('button', { name: 'Apply', exact: true }).first();
  await apply.waitFor();
  await look('remedy');
  const data = async () => (await page.request.get(`${url}/v1/programs/demo/export?week=2026-11-30`)).json();
  const { previous: _, ...before } = await data();
  await apply.click();
  await page.locator('#tab-changes .count', { hasText: '1' }).waitFor();
  await page.getByRole('tab', { name: /Changes/ }).click();
  await page.locator('.effect').waitFor();
  await page.getByRole('button', { name: 'Undo', exact: true }).click();
  await page.getByRole('button', { name: 'Do it again' }).click();
  await page.locator('.effect').waitFor();
  await page.getByRole('button', { name: 'Forget all' }).click();
  await page.getByText(/^Nothing waits/).waitFor();
  const { previous: __, ...after } = await data();
  assert.deepEqual(after, before);
  assert((await page.request.delete(path)).ok());
  step('what would help is applied with one click, and taken back with another');
}

/** Initials by default, names where they are asked for. */
export async function called({ page, look, step, url }) {
  await page.goto(`${url}/${WEEK}/week?by=participant`);
  await page.getByRole('link', { name: 'D.R.', exact: true }).waitFor();
  await page.getByRole('button', { name: 'Names' }).click();
  await page.getByRole('link', { name: 'Diego Ramirez', exact: true }).waitFor();
  await look('names');
  await page.getByRole('button', { name: 'Names' }).click();
  await page.getByRole('link', { name: 'D.R.', exact: true }).waitFor();
  step('initials stand for people until names are asked for');
}

/** History: two versions side by side, and an older one taken as the draft. */
export async function history({ page, look, step, url }) {
  await page.goto(`${url}/${WEEK}/history?from=1&to=2`);
  await page.getByRole('heading', { name: /Who gains/ }).waitFor();
  await page.locator('tbody tr').first().waitFor();
  await look('history');
  await page.locator('.cost summary').click();
  await borne(page, page.locator('.cost'));
  // A figure of somebody leads to the sessions behind it.
  const rows = page.locator('.two tbody tr');
  const many = await rows.count();
  await page.getByTitle('Only the sessions behind it').first().click();
  await page.getByText(/^Only the sessions of/).waitFor();
  assert((await rows.count()) >= 1 && (await rows.count()) <= many);
  await page.getByRole('link', { name: 'Show all that are different' }).click();
  await page.getByRole('button', { name: 'Restore as draft' }).last().click();
  await page.getByText(/^Version 1 is the draft now/).waitFor();
  await page.getByRole('button', { name: 'Restore as draft' }).first().click();
  await page.getByText(/^Version [2-9] is the draft now/).waitFor();
  step('two versions side by side; an older one is taken as the draft, and back');
}

/** People: dose, who came, free seats. */
export async function people({ page, look, step, url }) {
  await page.goto(`${url}/${WEEK}/people`);
  await page.locator('.bar').first().waitFor();
  await look('dose');
  await page.goto(`${url}/${WEEK}/people?part=attendance`);
  await page.getByRole('button', { name: 'Came', exact: true }).first().click();
  await page.locator('.controls .number', { hasText: /^1 of/ }).waitFor();
  await page.getByRole('button', { name: 'Missed', exact: true }).first().click();
  await page.locator('[data-status="no_show"][aria-pressed="true"]').waitFor();
  await look('attendance');
  step('who came is noted by a tap, and corrected by another');
  await page.goto(`${url}/${WEEK}/people?part=seats`);
  await page.locator('.frame table, .frame .none:not(:text("Asking"))').first().waitFor();
  await look('seats');

  // Somebody waits, has a verdict, and is admitted with the sessions that there is room for.
  const path = `${url}/v1/programs/demo/participants`;
  await somebodyWaits(page, url);
  await page.goto(`${url}/${WEEK}/people?part=waiting`);
  await page.locator('tbody tr').first().waitFor();
  await look('waiting');
  await page.getByText(/^\d+ sessions?; /).first().click();
  assert.match((await page.locator('tbody details a').first().getAttribute('href')) ?? '', /session=|day=/);
  await page.getByRole('button', { name: /^Admit/ }).click();
  await page.getByText(/is admitted\./).waitFor();
  step('who waits has a verdict, and is admitted');
  const forget = page.getByRole('button', { name: 'Forget all' });
  if (await forget.isVisible()) await forget.click();
  assert((await page.request.delete(`${path}/s1-new`)).ok());
}

/** Puts somebody on the waiting list whose order this week has room for: which it has depends on how it was solved. */
async function somebodyWaits(page, url) {
  const program = `${url}/v1/programs/demo`;
  const { problem } = await (await page.request.get(`${program}/weeks/2026-11-30`)).json();
  const orders = problem.participants.filter((p) => p.home_site === 's1').flatMap((p) => p.orders);
  for (const order of orders) {
    const data = { id: 's1-new', home_site: 's1', orders: [{ ...order, id: 'new-1', sessions: 1 }], waiting: { since: '2026-11-20' }, record: { name: 'Nina Sommer' } };
    const put = await page.request.put(`${program}/participants/s1-new`, { data });
    assert(put.ok(), await put.text());
    const { items } = await (await page.request.get(`${program}/waiting?week=2026-11-30`)).json();
    if (items.find((w) => w.participant === 's1-new').admission?.plans.length) return;
  }
  assert.fail('this week has no room for any order');
}

/** The week in every shape that it has: whose, all or one, week or day, draft or published. */
export async function shapes({ page, look, step, url }) {
  const { draft } = await (await page.request.get(`${url}/v1/programs/demo/weeks/2026-11-30`)).json();
  const { group } = draft.sessions.find((s) => s.group && s.site === 's1');
  const views = [
    ['participants', 'by=participant', '.chip'],
    ['participant', 'by=participant&id=s1-p3', '.behind.busy'],
    ['groups', 'by=group', '.chip'],
    ['group', `by=group&id=${group}`, '.session'],
    ['site', 'by=site', '.session'],
    ['site-day', 'by=site&day=2026-12-01', '.session'],
    ['room', 'by=room&id=s1-g1', '.session'],
    ['clinicians', 'by=clinician', '.session'],
    ['day', 'by=clinician&day=2026-12-01', '.session'],
    ['published', 'by=room&version=published', '.session'],
  ];
  for (const [name, path, there] of views) {
    await page.goto(`${url}/${WEEK}/week?${path}`);
    await page.locator(there).first().waitFor();
    await look(name, page, { keep: ['participants', 'participant', 'day'].includes(name) });
  }
  step(`the week in ${views.length} shapes`);
}

/** On paper. */
export async function paper({ page, look, step, url }) {
  await page.goto(`${url}/${WEEK}/print?by=participant&id=s1-p3&language=es`);
  await page.getByRole('heading', { name: 'Su semana' }).waitFor();
  await look('print');
  await page.goto(`${url}/${WEEK}/print?by=clinician&id=s1-t1&day=2026-11-30`);
  await page.getByRole('heading', { name: 'Ana Ruiz' }).waitFor();
  await look('print-clinician');
  await page.goto(`${url}/${WEEK}/print?by=room&id=s1-g1`);
  await page.getByRole('heading', { name: /s1-g1/ }).waitFor();
  await look('print-door');
  await page.goto(`${url}/${WEEK}/print?by=participant&id=~all&site=s1`);
  await page.getByRole('button', { name: /^Print \d\d sheets/ }).waitFor();
  // Each in their own language.
  await page.locator('article[lang=es]').first().waitFor();
  await page.locator('article[lang=en]').first().waitFor();
  await sheets({ page, step, url });
  step('a week is printed in Spanish, a clinician’s days, a door, and one sheet for each participant');
}

/** How many pages a browser makes of what is on the screen. */
async function pages(page, format) {
  const pdf = await page.pdf({ format, margin: { top: '12mm', right: '12mm', bottom: '12mm', left: '12mm' } });
  return pdf.toString('latin1').match(/\/Type\s*\/Page\b/g).length;
}

/** The smallest letters of the sheet on the screen, in points of paper. */
function smallest(page) {
  return page.evaluate(() => {
    const written = [...document.querySelectorAll('article *')].filter((e) => [...e.childNodes].some((n) => n.nodeType === Node.TEXT_NODE && n.data.trim()));
    return Math.min(...written.map((e) => parseFloat(getComputedStyle(e).fontSize))) * 0.75;
  });
}

/** A participant's week is one page that can be read: the fullest of this week, one far fuller, and as many pages as there are participants. */
async function sheets({ page, step, url }) {
  const week = `${url}/v1/programs/demo/weeks/2026-11-30`;
  const { published, problem } = await (await page.request.get(week)).json();
  const many = (id) => published.sessions.filter((s) => s.participants.includes(id)).length;
  const all = problem.participants.filter((p) => p.home_site === 's1');
  for (const format of ['A4', 'Letter']) assert.equal(await pages(page, format), all.length, `${format}: a page for each participant`);

  const fullest = problem.participants.map((p) => p.id).sort((a, b) => many(b) - many(a))[0];
  const one = async (id, sessions) => {
    for (const language of ['en', 'es']) {
      await page.goto(`${url}/${WEEK}/print?by=participant&id=${id}&language=${language}`);
      await page.locator(`article[lang=${language}]`).waitFor();
      assert.equal(await page.locator('article li').count(), sessions);
      for (const format of ['A4', 'Letter']) assert.equal(await pages(page, format), 1, `${id}, ${sessions} sessions, ${language}, ${format}`);
      const points = await smallest(page);
      assert(points >= 9, `${id}, ${sessions} sessions, ${language}: the smallest letters have ${points} points`);
    }
  };
  await one(fullest, many(fullest));
  // As full as a week can be: five sessions on each of five days, some of them online.
  const ofSite = published.sessions.filter((s) => s.site === 's1');
  const on = (day) => ofSite.filter((s) => s.start.startsWith(day));
  const days = ['2026-11-30', '2026-12-01', '2026-12-02', '2026-12-03', '2026-12-04'];
  const busiest = days.reduce((a, b) => (on(b).length > on(a).length ? b : a));
  const full = days.flatMap((day) =>
    on(busiest)
      .slice(0, 5)
      .map((s) => ({ ...s, id: `${s.id}-${day}`, start: s.start.replace(busiest, day), end: s.end.replace(busiest, day) })),
  );
  assert.equal(full.length, 25);
  await page.route(week, async (route) => {
    const answer = await route.fetch();
    const body = await answer.json();
    body.published.sessions = full.map((s, k) => ({ ...s, participants: [fullest], room: k % 3 ? s.room : null }));
    await route.fulfill({ response: answer, json: body });
  });
  await page.reload();
  await one(fullest, full.length);
  await page.unroute(week);
  await page.reload();
  step(`a participant's week is one page of A4 and of Letter, in English and Spanish, no letter below 9 points: with ${many(fullest)} sessions and with ${full.length}`);
}

/** Data: a wrong field told at the field, a pasted table previewed, with an error at its row. */
export async function data({ page, look, step, url }) {
  await forms({ page, look, step, url });
  await page.goto(`${url}/${WEEK}/data?table=rooms`);
  await page.getByRole('button', { name: 's1-g2' }).click();
  await page.waitForURL(/entry=s1-g2/);
  await page.getByLabel('Seats').fill('-4');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText(/must not be negative/).waitFor();
  await look('data');
  await page.getByLabel('Seats').fill('13');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('s1-g2 is changed.').waitFor();
  step('a field that is wrong is told at the field, and mended');
  await page.getByRole('button', { name: 'Paste a table' }).click();
  await page.getByRole('button', { name: 'Begin with what is there' }).click();
  const table = page.getByLabel('The table');
  await page.waitForFunction(() => document.querySelector('textarea')?.value.includes('s1-g2'));
  const good = (await table.inputValue()).replace('s1-g1,s1,14', 's1-g1,s1,15');
  await table.fill(good.replace('s1-g2,s1,13', 's1-g2,s1,many'));
  await page.getByRole('button', { name: 'See what changes' }).click();
  await page.getByText(/^Line 3, column 3/).waitFor();
  await look('paste');
  await table.fill(good);
  await page.getByRole('button', { name: 'See what changes' }).click();
  await page.getByText('s1-g1: updated').waitFor();
  step('a pasted table is previewed, its faults row by row');
}

/** The form of each list: a value that can't be is told at its field and nowhere else, and nothing is saved. */
async function forms({ page, look, step, url }) {
  const { problem } = await (await page.request.get(`${url}/v1/programs/demo/weeks/2026-11-30`)).json();
  const wrong = [
    ['participants', '/commute_minutes', '-5'],
    ['participants', '/orders/0/sessions', '-1'],
    ['clinicians', '/max_minutes_per_day', '-1'],
    ['rooms', '/capacity', 'many'],
    ['groups', '/meetings', '-2'],
    ['services', '/minutes', '-50'],
    ['sites', '/time_zone', 'Mars/Olympus'],
  ];
  for (const [k, [table, field, value]] of wrong.entries()) {
    // Another entry each time: what was typed into the form of one is not in that of the next.
    const { id } = problem[table][k % problem[table].length];
    await page.goto(`${url}/${WEEK}/data?table=${table}&entry=${encodeURIComponent(id)}`);
    await page.getByRole('heading', { name: id, exact: true }).waitFor();
    const input = page.locator(`[id="f${field}"]`);
    await input.fill(value);
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    const told = page.locator(`[id="f${field}!"] .fault`);
    await told.waitFor();
    assert.equal(await page.locator('.fault').count(), 1, `${table}${field}: told once`);
    assert.equal(await input.getAttribute('aria-invalid'), 'true');
    assert.equal(await input.getAttribute('aria-describedby'), `f${field}!`);
    await page.getByText('One thing is wrong; nothing was saved.').waitFor();
    await look(`data-${table}`, page, { keep: false });
    const kept = await (await page.request.get(`${url}/v1/programs/demo/${table}/${encodeURIComponent(id)}`)).json();
    assert.notEqual(String(field.split('/').slice(1).reduce((of, name) => of?.[name], kept)), value);
  }
  step('in the form of each list what is wrong is told at its field');
}
