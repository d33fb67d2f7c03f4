// Writes of which sources `dist` is the build, so that whoever has no Node can still tell whether it is fresh.

import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** What a build depends on, in the order in which it is hashed. */
function sources(path) {
  const full = join(root, path);
  if (statSync(full).isFile()) return [path];
  return readdirSync(full).sort().flatMap((name) => sources(`${path}/${name}`));
}

const hash = createHash('sha256');
const all = ['index.html', 'package-lock.json', 'public', 'src', 'svelte.config.js', 'vite.config.ts'].flatMap(sources);
for (const path of all.filter((path) => path !== 'src/api/schema.d.ts')) {
  hash.update(`${path}\0`).update(readFileSync(join(root, path))).update('\0');
}
writeFileSync(join(root, 'dist/sources.sha256'), `${hash.digest('hex')}\n`);
