// What a person without a mouse does: Tab until one is there, then keys.

import assert from 'node:assert/strict';

/** Chooses an entry of a list by arrow keys. */
export async function choose(page, selector, value, going = {}) {
  await tabTo(page, selector, going);
  const way = await page.evaluate(
    ({ selector, value }) => {
      const select = document.querySelector(selector);
      return [...select.options].findIndex((o) => o.value === value) - select.selectedIndex;
    },
    { selector, value },
  );
  for (let k = 0; k < Math.abs(way); k += 1) await page.keyboard.press(way > 0 ? 'ArrowDown' : 'ArrowUp');
  await page.waitForFunction(({ selector, value }) => document.querySelector(selector)?.value === value, { selector, value });
}

/** Goes by Tab, from where the focus is, to the first element that fits. */
export async function tabTo(page, selector, { back = false, most = 250 } = {}) {
  const there = () => page.evaluate((s) => document.activeElement?.matches(s) ?? false, selector);
  for (let k = 0; k < most; k += 1) {
    if (await there()) return;
    await page.keyboard.press(back ? 'Shift+Tab' : 'Tab');
  }
  assert.fail(`Tab does not reach ${selector}.`);
}
