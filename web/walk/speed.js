// How fast the page is with six sites of 60: until the first paint, until the sessions stand on the board, what a click, a
// key and a change of view take until the screen shows it (the browser's own event timing), and what tinting costs while a
// session is dragged.
//
//   node walk/speed.js [--dist] [CALENDAR]
//
// Without a calendar the made-up problem is solved for a minute first.

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { binary, serve } from './service.js';

const args = process.argv.slice(2);
const onDisk = args[0] === '--dist' && args.shift() === '--dist';
const run = (args, input) => execFileSync(binary, args, { input, maxBuffer: 1 << 30, stdio: ['pipe', 'pipe', 'ignore'] });
const problem = run(['generate', '--sites', '6', '--per-site', '60', '--seed', '1']);
const calendar = args[0] ? readFileSync(args[0]) : run(['solve', '-', '--seconds', '60'], problem);
const { sessions } = JSON.parse(calendar);
const week = JSON.parse(problem).week_start;

const service = await serve({ demo: false });
const executablePath = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser'].find((path) => path && existsSync(path));
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
try {
  const send = async (method, path, data) => {
    const answer = await fetch(`${service.url}${path}`, { method, body: data, headers: { 'content-type': 'application/json' } });
    if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`);
  };
  await send('POST', '/v1/programs', JSON.stringify({ id: 'six', name: 'Six sites' }));
  await send('POST', '/v1/programs/six/import', problem);
  await send('PUT', `/v1/programs/six/weeks/${week}/draft`, JSON.stringify({ version: 1, sessions }));

  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  context.setDefaultTimeout(120_000);
  if (onDisk) {
    for (const [file, contentType] of [['app.js', 'text/javascript'], ['app.css', 'text/css']]) {
      const body = readFileSync(new URL(`../dist/page/${file}`, import.meta.url));
      await context.route(`**/page/${file}`, (route) => route.fulfill({ body, contentType }));
    }
  }
  const page = await context.newPage();
  await page.addInitScript(() => {
    window.slow = [];
    new PerformanceObserver((list) => window.slow.push(...list.getEntries().map((e) => [e.name, e.duration]))).observe({
      type: 'event',
      durationThreshold: 16,
      buffered: true,
    });
    window.board = null;
    new MutationObserver((_, seen) => {
      if (!document.querySelector('.session')) return;
      seen.disconnect();
      requestAnimationFrame(() => setTimeout(() => (window.board = performance.now())));
    }).observe(document, { childList: true, subtree: true });
  });
  // The processor's time of the page's main thread: what a busy machine does not lengthen.
  const cdp = await context.newCDPSession(page);
  await cdp.send('Performance.enable', { timeDomain: 'threadTicks' });
  const busy = async () => (await cdp.send('Performance.getMetrics')).metrics.find((m) => m.name === 'TaskDuration').value * 1000;
  const loads = [];
  for (let k = 0; k < 3; k += 1) {
    await page.goto('about:blank');
    const before = await busy();
    await page.goto(`${service.url}/#/six/${week}/week`);
    await page.waitForFunction(() => window.board !== null);
    const seen = await page.evaluate(() => ({ paint: performance.getEntriesByName('first-contentful-paint')[0]?.startTime, board: window.board }));
    loads.push({ ...seen, busy: (await busy()) - before });
  }
  const least = (name) => Math.round(Math.min(...loads.map((l) => l[name])));
  console.log(`sessions in the week: ${sessions.length}, cards on the board: ${await page.locator('.session').count()}`);
  console.log(`first paint, ms: ${least('paint')}`);
  console.log(`sessions on the board, ms: ${least('board')}, of which the processor worked ${least('busy')}`);
  await page.locator('#panel .head').first().waitFor();

  const worst = async (what, act) => {
    await page.evaluate(() => (window.slow = []));
    const before = await busy();
    await act();
    await page.waitForTimeout(300);
    const worked = Math.round((await busy()) - before);
    const slow = await page.evaluate(() => window.slow);
    console.log(`${what}, ms: ${Math.round(Math.max(8, ...slow.map((s) => s[1])))}, of which the processor worked at most ${worked}`);
  };
  const card = (k) => page.locator('.session').nth(k);
  await worst('a click on a session', () => card(5).click());
  await worst('an arrow key', async () => {
    await card(5).focus();
    for (let k = 0; k < 5; k += 1) await page.keyboard.press('ArrowDown');
  });
  await worst('rooms to clinicians', () => page.getByRole('link', { name: 'Clinicians' }).click());
  await worst('all participants', () => page.getByRole('link', { name: 'Participants' }).click());
  await worst('one day', async () => {
    await page.getByRole('link', { name: 'Rooms' }).click();
    await page.getByLabel('Week or day').selectOption({ index: 2 });
  });
  await page.getByRole('link', { name: 'Participants' }).click();
  await page.getByLabel('Week or day').selectOption({ index: 0 });
  await page.locator('.chip').first().waitFor();
  const frames = await page.evaluate(async () => {
    const frame = document.querySelector('.frame');
    const gaps = [];
    let last = performance.now();
    for (let k = 0; k < 60; k += 1) {
      frame.scrollTop += 40;
      await new Promise(requestAnimationFrame);
      gaps.push(performance.now() - last);
      last = performance.now();
    }
    return gaps.sort((a, b) => a - b)[Math.floor(gaps.length * 0.95)];
  });
  console.log(`a frame while scrolling (95 of 100), ms: ${Math.round(frames)}`);

  for (const by of ['room', 'clinician']) await carried(by);

  /** What tinting costs while a session is dragged: from the pointer's move until the places of its own column are tinted and until those of all columns are, the median of five sessions; and a frame of the board while it is carried over them. */
  async function carried(by) {
    const own = [];
    const all = [];
    const frames = [];
    for (let k = 0; k < 5; k += 1) {
      // Nothing that was asked about another session is known.
      await page.goto('about:blank');
      await page.goto(`${service.url}/#/six/${week}/week?by=${by}`);
      const card = page.locator('.session').nth(3 * k);
      await card.waitFor();
      await card.scrollIntoViewIfNeeded();
      const box = await card.boundingBox();
      const column = await card.evaluate((e) => e.closest('[data-column]').dataset.column);
      await page.evaluate((column) => {
        window.tinted = {};
        window.frames = [];
        let down = false;
        let moved = null;
        addEventListener('pointerdown', () => (down = true));
        const tint = (c) => c.querySelector('.tint');
        addEventListener('pointermove', () => {
          if (!down) return;
          const at = performance.now();
          moved ??= at;
          requestAnimationFrame(() => setTimeout(() => window.frames.push(performance.now() - at)));
        });
        new MutationObserver(() => {
          if (moved === null) return;
          const columns = [...document.querySelectorAll('[data-column]')];
          if (columns.some((c) => c.dataset.column === column && tint(c))) window.tinted.own ??= performance.now() - moved;
          if (columns.every(tint)) window.tinted.all ??= performance.now() - moved;
        }).observe(document.body, { childList: true, subtree: true });
      }, column);
      await page.mouse.move(box.x + box.width / 2, box.y + 4);
      await page.mouse.down();
      await page.mouse.move(box.x + box.width / 2, box.y + 20, { steps: 2 });
      await page.waitForFunction(() => window.tinted.all);
      await page.mouse.move(box.x + 300, box.y + 90, { steps: 30 });
      const seen = await page.evaluate(() => ({ ...window.tinted, frames: window.frames }));
      own.push(seen.own);
      all.push(seen.all);
      frames.push(...seen.frames);
      await page.keyboard.press('Escape');
      await page.mouse.up();
    }
    const at = (list, share) => Math.round([...list].sort((a, b) => a - b)[Math.floor(list.length * share)]);
    const columns = await page.locator('[data-column]').count();
    console.log(`a session is carried on a board of ${by}s, ms: ${at(own, 0.5)} until its own column is tinted, ${at(all, 0.5)} until all ${columns} are; a frame meanwhile (95 of 100): ${at(frames, 0.95)}`);
  }
} finally {
  await browser.close();
  await service.end();
}
