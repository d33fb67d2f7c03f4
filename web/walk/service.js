// A service of its own for the walk: the binary that was built, a database in memory of this run, a free port.

import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const target = process.env.CARGO_TARGET_DIR ?? fileURLToPath(new URL('../../target', import.meta.url));
/** The binary that is walked through. */
export const binary = process.env.CAREWEAVE ?? ['debug', 'release'].map((kind) => join(target, kind, 'careweave')).find(existsSync);

/** Starts it, and gives where it listens and how it ends. */
export async function serve({ demo = true, more = [] } = {}) {
  if (!binary) throw new Error('There is no binary; `cargo build` makes one.');
  const folder = mkdtempSync(join(tmpdir(), 'careweave-walk-'));
  const options = ['--listen', '127.0.0.1:0', '--database', `sqlite://${join(folder, 'walk.db')}`];
  // The week that is walked through has a fixed date: nothing of it has happened yet.
  const env = { ...process.env, CAREWEAVE_NOW: '2026-11-26T09:00:00Z' };
  const child = spawn(binary, ['serve', ...(demo ? ['--demo'] : []), ...options, ...more], { env });
  let told = '';
  const url = await new Promise((resolve, reject) => {
    child.on('exit', (code) => reject(new Error(`The service ended with ${code}: ${told}`)));
    child.stderr.on('data', (data) => {
      told += data;
      const found = told.match(/listening on (http:\S+)/);
      if (found) resolve(found[1]);
    });
  });
  const end = () =>
    new Promise((resolve) => {
      child.removeAllListeners('exit');
      child.on('exit', () => resolve(rmSync(folder, { recursive: true, force: true })));
      child.kill('SIGKILL');
    });
  return { url, end };
}
