// The first minute: the week is solved while one watches, stopped, and its best published.

export async function solve({ page, look, step }) {
  await page.getByRole('region', { name: 'Solving' }).waitFor();
  await page.locator('.session').first().waitFor();
  step('sessions appear while the week is solved');
  await look('solving');
  // On a slow machine it may have ended meanwhile.
  await page.getByRole('button', { name: 'Stop, keep the best' }).click({ timeout: 3000 }).catch(() => {});
  await page.getByRole('link', { name: /Published/ }).waitFor();
  step('the first calendar is published');
  await page.locator('#panel .head, #panel .all').first().waitFor();
  await look('week');
}
