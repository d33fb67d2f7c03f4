// Signing in, with a key and with a provider of identities (a real one, `tests/provider`), and out again.

import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { looker } from './look.js';
import { serve } from './service.js';

const folder = fileURLToPath(new URL('../../tests/provider', import.meta.url));

export async function signin({ browser, open, faults, pictures, step }) {
  if (!existsSync(join(folder, 'node_modules/.package-lock.json'))) execFileSync('npm', ['ci', '--silent'], { cwd: folder });
  const provider = spawn('node', ['provider.js', 'userinfo'], { cwd: folder, stdio: ['pipe', 'pipe', 'inherit'] });
  const secrets = mkdtempSync(join(tmpdir(), 'careweave-secret-'));
  let service;
  try {
    const issuer = await new Promise((resolve, reject) => {
      provider.on('exit', (code) => reject(new Error(`The provider ended with ${code}.`)));
      provider.stdout.on('data', (data) => resolve(String(data).trim()));
    });
    const secret = join(secrets, 'secret');
    writeFileSync(secret, 'a secret of the tests, of no use elsewhere\n');
    service = await serve({
      more: [
        ...['--workers', '0'],
        ...['--oidc-issuer', issuer, '--oidc-client-id', 'careweave', '--oidc-client-secret-file', secret],
        ...['--oidc-role', 'careweave-owners=owner', '--oidc-name', 'the clinic'],
      ],
    });
    const context = await open(browser);
    const page = await context.newPage();
    const look = looker(page, { faults, folder: pictures });
    await page.goto(service.url);
    const button = page.getByRole('link', { name: 'Sign in with the clinic' });
    await button.waitFor();
    await look('sign-in');
    await page.getByLabel('Your key').fill('cw_of_nobody');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').filter({ hasText: /key/i }).waitFor();
    step('a wrong key is told');

    const there = async (name) => {
      await button.click();
      await page.locator('input[name=login]').fill(name);
      await page.locator('input[name=password]').fill('any');
      await page.locator('button[type=submit]').click();
      await page.getByRole('button', { name: /continue/i }).click();
    };
    await there('eve');
    await page.getByText('You are known, but have no role here.').waitFor();
    step('who has no role here is told so');
    // The provider remembers who was there.
    await context.clearCookies();
    await page.goto(service.url);
    await there('olga');
    await page.getByRole('heading', { name: /Nov|Dec/ }).waitFor();
    assert.equal((await context.cookies(service.url)).filter((c) => c.name === 'careweave_session' && c.httpOnly).length, 1);
    step('the button leads to the provider and back into the programme');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await button.waitFor();
    await page.reload();
    await button.waitFor();
    step('signed out, nothing is shown any more');
    await context.close();
  } finally {
    await service?.end();
    provider.removeAllListeners('exit');
    provider.kill('SIGKILL');
    rmSync(secrets, { recursive: true, force: true });
  }
}
