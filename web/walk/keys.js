// What a person without a mouse does: Tab until one is there, then keys.

import assert from 'node:assert/strict';

/** Goes by Tab, from where the focus is, to the first element that fits. */
export async function tabTo(page, selector, { back = false, most = 250 } = {}) {
  const there = () => page.evaluate((s) => document.activeElement?.matches(s) ?? false, selector);
  for (let k = 0; k < most; k += 1) {
    if (await there()) return;
    await page.keyboard.press(back ? 'Shift+Tab' : 'Tab');
  }
  assert.fail(`Tab does not reach ${selector}.`);
}
