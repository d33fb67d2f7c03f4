// Looks at a screen: axe for all that keeps people out, in light and in dark; a picture, where pictures are kept.

import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** What looks at a page, `shown` by default; faults are noted in `faults`, pictures kept in `folder`, if there is one. Of what differs little from another screen none is kept; with `told` a message may lie over it. */
export function looker(shown, { faults, folder }) {
  return async function look(name, page = shown, { keep = true, told = false } = {}) {
    // What was told of the step before does not lie over the picture.
    if (folder && keep && !told) await page.locator('[role=status] .toast').waitFor({ state: 'detached' });
    await page.mouse.move(2, 2);
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.waitForTimeout(60);
      const { violations } = await new AxeBuilder({ page }).options({ resultTypes: ['violations'] }).withTags(RULES).analyze();
      for (const v of violations) {
        const where = v.nodes.slice(0, 3).map((n) => `${n.target} (${n.any[0]?.message ?? ''})`);
        faults.push(`${name}, ${colorScheme}: ${v.id} at ${where.join('; ')}`);
      }
      if (folder && keep) await page.screenshot({ path: join(folder, `${name}-${colorScheme}.png`) });
    }
    await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  };
}
