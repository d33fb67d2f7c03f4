// On a tablet: the week, who came, the plans, each under axe as on a desk.

export async function tablet({ page, look, url }) {
  await page.setViewportSize({ width: 820, height: 1180 });
  await page.goto(`${url}/#/demo/2026-11-30/week?by=room`);
  await page.locator('.session').first().waitFor();
  await look('tablet');
  await page.goto(`${url}/#/demo/2026-11-30/people?part=attendance`);
  await page.locator('.states').first().waitFor();
  await look('tablet-attendance');
}
