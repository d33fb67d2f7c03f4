// One walk through the page in a real Chromium, as a coordinator would go: watches the week being solved, sees what is
// missing, places one session, moves another by keyboard, saves, publishes, prints. On each screen axe looks for what
// keeps people out, and a picture is taken (`--pictures FOLDER` keeps them, light and dark).

import assert from 'node:assert/strict';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { chromium } from 'playwright-core';
import { serve } from './service.js';

const folder = process.argv[2] === '--pictures' ? process.argv[3] : null;
const executablePath = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  (path) => path && existsSync(path),
);
if (!executablePath) throw new Error('There is no Chromium; CHROMIUM says where one is.');
if (folder) mkdirSync(folder, { recursive: true });

const service = await serve();
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
const faults = [];
try {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, colorScheme: 'light' });
  const page = await context.newPage();
  page.on('pageerror', (error) => faults.push(`script: ${error.message}`));
  page.on('console', (line) => /Content Security Policy/.test(line.text()) && faults.push(line.text()));
  page.on('request', (request) => {
    if (!request.url().startsWith(service.url)) faults.push(`a request left: ${request.url()}`);
  });

  /** Looks at a screen: axe, and a picture if they are kept; in the dark, too, where colours are there that are nowhere else. */
  async function look(name, { dark = false } = {}) {
    for (const colorScheme of dark ? ['light', 'dark'] : ['light']) {
      await page.emulateMedia({ colorScheme });
      await page.waitForTimeout(120);
      const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']).analyze();
      for (const v of violations) faults.push(`${name}, ${colorScheme}: ${v.id} at ${v.nodes.slice(0, 3).map((n) => `${n.target} (${n.any[0]?.message ?? ''})`).join('; ')}`);
      if (folder) await page.screenshot({ path: join(folder, `${name}-${colorScheme}.png`) });
    }
    await page.emulateMedia({ colorScheme: 'light' });
  }
  const step = (words) => console.log(`  ${words}`);

  await page.goto(service.url);
  await page.getByRole('region', { name: 'Solving' }).waitFor();
  await page.locator('.session').first().waitFor();
  step('sessions appear while the week is solved');
  await look('solving');
  // On a slow machine it may have ended meanwhile.
  await page.getByRole('button', { name: 'Stop, keep the best' }).click({ timeout: 2000 }).catch(() => {});
  await page.getByRole('link', { name: /Published/ }).waitFor();
  step('the first calendar is published');

  await page.locator('#panel .head').first().waitFor();
  await look('week', { dark: true });

  // One missing session gets a place.
  let placed = false;
  const missing = page.locator('#panel .head');
  for (let k = 0; k < Math.min(12, await missing.count()) && !placed; k += 1) {
    await missing.nth(k).focus();
    await page.keyboard.press('Enter');
    const put = page.getByRole('button', { name: /^Put it there/ }).first();
    await put.or(page.getByText(/^Nowhere in this calendar/)).waitFor();
    placed = (await put.count()) > 0;
    if (placed) {
      await look('missing');
      await put.focus();
      await page.keyboard.press('Enter');
    } else await missing.nth(k).click();
  }
  if (placed) step('a missing session is given a place by keyboard');

  // A session is moved by keyboard alone.
  await page.getByRole('link', { name: 'Clinicians' }).click();
  await page.locator('.session[tabindex="0"]').focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('m');
  const place = page.locator('#places .place').first();
  await page.locator('ul#places').waitFor();
  await look('moving');
  await page.locator('#move-day').selectOption({ index: 1 });
  await place.focus();
  const before = await page.getByRole('tab', { name: /Changes/ }).innerText();
  await page.keyboard.press('Enter');
  await page.waitForFunction((was) => document.querySelector('#tab-changes')?.innerText !== was, before);
  step('a session is moved by keyboard');
  await page.getByRole('tab', { name: /Changes/ }).click();
  await page.locator('.effect').waitFor();
  await look('changes');
  await page.keyboard.press('Control+z');
  await page.keyboard.press('Control+Shift+z');
  await page.locator('.effect').waitFor();
  step('undone and done again');

  // Dragged: the first session of the day board to the first place that is allowed.
  await page.keyboard.press('Control+z');
  await page.waitForTimeout(300);
  const card = page.locator('.session').nth(3);
  const box = await card.boundingBox();
  await page.mouse.move(box.x + box.width / 2, box.y + 6);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width / 2, box.y + 30, { steps: 3 });
  await page.locator('.tint').first().waitFor();
  await look('dragging');
  const free = page.locator('.tint.allowed, .tint.better, .tint.dearer').first();
  if ((await free.count()) > 0) {
    const to = await free.boundingBox();
    await page.mouse.move(to.x + to.width / 2, to.y + 7, { steps: 4 });
    await page.mouse.up();
    await page.getByText(/^Moved /).waitFor();
    step('a session is dragged where the board says that it may');
  } else await page.mouse.up();

  await page.getByRole('tab', { name: /Changes/ }).click();
  const save = page.getByRole('button', { name: /^Save into the draft/ });
  if ((await save.count()) > 0) {
    await page.locator('.effect').waitFor();
    const feasible = (await save.innerText()) === 'Save into the draft';
    await save.click();
    await page.getByText(/^Saved into the draft/).waitFor();
    step('saved into the draft');
    if (feasible) {
      await page.getByRole('button', { name: 'Publish', exact: true }).click();
      await page.getByText(/^Published as version 2/).waitFor();
      step('published');
    }
  }

  await page.goto(`${service.url}/#/demo/2026-11-30/week?by=participant`);
  await page.locator('.chip').first().waitFor();
  await look('participants');
  await page.goto(`${service.url}/#/demo/2026-11-30/week?by=participant&id=s1-p3`);
  await page.locator('.behind.busy').first().waitFor();
  await look('participant');
  await page.goto(`${service.url}/#/demo/2026-11-30/week?by=clinician&day=2026-12-01`);
  await page.locator('.session').first().waitFor();
  await look('day', { dark: true });

  await page.goto(`${service.url}/#/demo/2026-11-30/print?by=participant&id=s1-p3&language=es`);
  await page.getByRole('heading', { name: 'Su semana' }).waitFor();
  await look('print');
  step('a week is printed in Spanish');

  await page.goto(`${service.url}/#/demo/2026-11-30/data?table=rooms`);
  await page.getByRole('button', { name: 's1-g2' }).click();
  await page.getByLabel('Seats').fill('-4');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText(/must not be negative/).waitFor();
  await look('data', { dark: true });
  await page.getByLabel('Seats').fill('13');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('s1-g2 is changed.').waitFor();
  step('a field that is wrong is told at the field, and mended');
  await page.getByRole('button', { name: 'Paste a table' }).click();
  await page.getByRole('button', { name: 'Begin with what is there' }).click();
  const table = page.getByLabel('The table');
  await page.waitForFunction(() => document.querySelector('textarea')?.value.includes('s1-g2'));
  await table.fill((await table.inputValue()).replace('s1-g1,s1,14', 's1-g1,s1,15'));
  await page.getByRole('button', { name: 'See what changes' }).click();
  await page.getByText('s1-g1: updated').waitFor();
  await look('paste');
  step('a pasted table is previewed');

  await page.setViewportSize({ width: 820, height: 1180 });
  await page.goto(`${service.url}/#/demo/2026-11-30/week?by=room`);
  await page.locator('.session').first().waitFor();
  await look('tablet');
} finally {
  await browser.close();
  await service.end();
}
if (faults.length) {
  console.error(faults.join('\n'));
  process.exit(1);
}
