// The first minute: the week is solved while one watches, cost and bound coming together; it is stopped, and its best published.

import assert from 'node:assert/strict';

export async function solve({ page, look, step }) {
  await page.getByRole('region', { name: 'Solving' }).waitFor();
  await note(page);
  await page.locator('.session').first().waitFor();
  step('sessions appear while the week is solved');
  await look('solving');
  await nearer(page);
  step('the cost falls, and what is proven comes nearer to it');
  // On a slow machine it may have ended meanwhile.
  await page.getByRole('button', { name: 'Stop, keep the best' }).click({ timeout: 3000 }).catch(() => {});
  await page.getByRole('link', { name: /Published/ }).waitFor();
  step('the first calendar is published');
  await page.locator('#panel .head, #panel .all').first().waitFor();
  await look('week');
}

/** From now on what the page says of cost and bound is noted, each time that it says something else. */
async function note(page) {
  await page.evaluate(() => {
    window.said = [];
    const number = (e) => Number(e?.textContent.replaceAll(',', '')) || 0;
    const look = () => {
      const [cost, bound] = [...document.querySelectorAll('[aria-label="Solving"] dd')].map(number);
      if (cost && String([cost, bound]) !== String(window.said.at(-1))) window.said.push([cost, bound]);
    };
    look();
    new MutationObserver(look).observe(document.body, { childList: true, characterData: true, subtree: true });
  });
}

/** The cost has fallen twice and something is proven; on the way the one never rose and the other never fell. */
async function nearer(page) {
  await page.waitForFunction(() => new Set(window.said.map(([cost]) => cost)).size > 2 && window.said.at(-1)[1] > 0);
  const said = await page.evaluate(() => window.said);
  for (const [k, [cost, bound]] of said.entries()) {
    assert(bound <= cost, `Never below ${bound}, but it costs ${cost}.`);
    if (k === 0) continue;
    assert(cost <= said[k - 1][0], `The cost rose from ${said[k - 1][0]} to ${cost}.`);
    assert(bound >= said[k - 1][1], `What is proven fell from ${said[k - 1][1]} to ${bound}.`);
  }
  const between = ([cost, bound]) => cost - bound;
  assert(between(said.at(-1)) < between(said[0]), 'They did not come nearer to one another.');
}
