// The pages that reports are: made by the binary of a small week, opened, and looked at like the screens.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { binary } from './service.js';

const fixture = (name) => fileURLToPath(new URL(`../../fixtures/${name}`, import.meta.url));
const SCENARIOS = {
  scenarios: [
    { id: 'more', name: 'Two people more', edits: [{ copy: '/participants/p1', count: 2 }] },
    { id: 'second', name: 'A second therapist', edits: [{ copy: '/clinicians/ana' }] },
    { id: 'both', name: 'Both', edits: [{ copy: '/participants/p1', count: 2 }, { copy: '/clinicians/ana' }] },
    { id: 'nowhere', name: 'What is not there', edits: [{ remove: '/rooms/nowhere' }] },
  ],
};

/** Every chart is seen, has a name for who cannot see it, and its table; nothing is loaded. */
export async function reports({ context, look, step }) {
  const folder = mkdtempSync(join(tmpdir(), 'careweave-reports-'));
  const path = (name) => join(folder, name);
  const run = (...args) => execFileSync(binary, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  try {
    const problem = fixture('tiny.json');
    writeFileSync(path('scenarios.json'), JSON.stringify(SCENARIOS));
    run('solve', problem, '--rounds', '5', '--threads', '1', '--progress', 'none', '--out', path('calendar.json'));
    run('quality', problem, path('calendar.json'), '--format', 'html', '--out', path('quality.html'));
    run(
      ...['whatif', problem, path('scenarios.json'), '--rounds', '5', '--progress', 'none'],
      ...['--uncertainty', fixture('whatif/tiny.rates.json'), '--format', 'html', '--out', path('whatif.html')],
    );
    run(
      ...['census', problem, fixture('whatif/tiny.profiles.json'), '--rounds', '6', '--progress', 'none'],
      ...['--format', 'html', '--out', path('census.html')],
    );
    for (const [name, charts, tables] of [['quality', 2, 4], ['whatif', 4, 4], ['census', 2, 3]]) {
      const page = await context.newPage();
      await page.setContent(readFileSync(path(`${name}.html`), 'utf8'));
      const drawings = await page.locator('svg[role=img]').all();
      if (drawings.length < charts) throw new Error(`${name}: ${drawings.length} charts, at least ${charts} are expected`);
      for (const drawing of drawings) {
        const box = await drawing.boundingBox();
        if (!box || box.width < 200 || box.height < 40) throw new Error(`${name}: a chart is not to be seen`);
        if ((await drawing.locator('rect, circle').count()) < 2) throw new Error(`${name}: a chart is empty`);
        if (!(await drawing.getAttribute('aria-label'))) throw new Error(`${name}: a chart has no name`);
      }
      if ((await page.locator('table caption').count()) < tables) throw new Error(`${name}: tables are missing`);
      await look(`report-${name}`, page);
      step(`the report of ${name}: ${drawings.length} charts`);
      await page.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
