// On a tablet: the week, who came, the plans, each under axe as on a desk.

export async function tablet({ page, look, step, url }) {
  await page.setViewportSize({ width: 820, height: 1180 });
  await page.goto(`${url}/#/demo/2026-11-30/week?by=room`);
  await page.locator('.session').first().waitFor();
  await look('tablet');
  for (const [name, path, there] of [
    ['attendance', 'people?part=attendance', '.states'],
    ['dose', 'people', '.bar'],
    ['missing', 'week?panel=missing', '#panel .head, #panel .all'],
    ['cost', 'week?panel=solve', '.parts'],
    ['participants', 'week?by=participant', '.chip'],
    ['history', 'history', '.versions li'],
    ['replan', 'replan', 'form'],
    ['what-if', 'what-if', 'form'],
    ['data', 'data?table=rooms&entry=s1-g1', '.fields'],
    ['print', 'print?by=participant&id=s1-p3', 'article'],
  ]) {
    await page.goto(`${url}/#/demo/2026-11-30/${path}`);
    await page.locator(there).first().waitFor();
    // Nothing runs out of the screen to the side.
    const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    if (over > 0) throw new Error(`tablet, ${name}: ${over} pixels too wide`);
    await look(`tablet-${name}`, page, { keep: name === 'attendance' });
  }
  step('every screen on a tablet, none too wide');
}
