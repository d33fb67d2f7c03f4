// One walk through the page in a real Chromium, as a coordinator would go: every screen, by keyboard and by mouse. On each
// axe looks for what keeps people out; every answer of the service is judged by the OpenAPI document. Whatever a step claims must happen, or the walk fails.
//
//   node walk/walk.js [--pictures FOLDER] [--dist] [STEP…]
//
// `--pictures` keeps a picture of each screen, light and dark; `--dist` takes the page from web/dist as it is on the disk
// rather than the one in the binary; steps are those below, all of them by default.

import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { drag } from './drag.js';
import { Judge } from './judge.js';
import { keyboard } from './keyboard.js';
import { looker } from './look.js';
import { newcomer } from './newcomer.js';
import { reports } from './reports.js';
import * as screens from './screens.js';
import { serve } from './service.js';
import { signin } from './signin.js';
import { solve } from './solve.js';
import { tablet } from './tablet.js';
import { two } from './two.js';

const STEPS = { solve, newcomer, keyboard, drag, two, ...screens, tablet, signin, reports };

const args = process.argv.slice(2);
const option = (name) => (args.includes(name) ? args.splice(args.indexOf(name), 1).length > 0 : false);
const onDisk = option('--dist');
const pictures = args.indexOf('--pictures');
const folder = pictures < 0 ? null : args.splice(pictures, 2)[1];
const chosen = Object.keys(STEPS).filter((name) => !args.length || args.includes(name) || name === 'solve');

const executablePath = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  (path) => path && existsSync(path),
);
if (!executablePath) throw new Error('There is no Chromium; CHROMIUM says where one is.');
if (folder) mkdirSync(folder, { recursive: true });

/** A browser of its own, as a person has it. */
async function open(browser) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, colorScheme: 'light', reducedMotion: 'reduce' });
  // What takes seconds alone takes many on a busy machine.
  context.setDefaultTimeout(120_000);
  if (onDisk) {
    for (const [file, contentType] of [['app.js', 'text/javascript'], ['app.css', 'text/css']]) {
      const body = readFileSync(new URL(`../dist/page/${file}`, import.meta.url));
      await context.route(`**/page/${file}`, (route) => route.fulfill({ body, contentType }));
    }
  }
  judge.watch(context);
  context.on('weberror', (error) => faults.push(`script: ${error.error().message}`));
  context.on('console', (line) => /Content Security Policy/.test(line.text()) && faults.push(line.text()));
  return context;
}

const faults = [];
const judge = new Judge(faults);
const service = await serve();
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });

try {
  const context = await open(browser);
  context.on('request', (request) => {
    if (!request.url().startsWith(service.url)) faults.push(`a request left: ${request.url()}`);
  });
  const page = await context.newPage();
  await page.goto(service.url);

  const walking = { page, context, url: service.url, browser, open, faults, pictures: folder, look: looker(page, { faults, folder }), step: (words) => console.log(`  ${words}`) };
  for (const name of chosen) {
    const begun = Date.now();
    try {
      await STEPS[name](walking);
    } catch (error) {
      if (folder) await page.screenshot({ path: `${folder}/failed-${name}.png` });
      throw new Error(`In the step ${name}, at ${page.url()}: ${error.message}`, { cause: error });
    }
    console.log(`${name}, ${((Date.now() - begun) / 1000).toFixed(1)} s`);
  }
  await judge.end();
  console.log(`answers of ${judge.routes.size} routes are as the document says`);
} finally {
  await browser.close();
  await service.end();
}
if (faults.length) {
  console.error(faults.join('\n'));
  process.exit(1);
}
