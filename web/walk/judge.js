// What the service answers to the page is what its OpenAPI document says, of which the page's types are made.

import { readFileSync } from 'node:fs';
import Ajv from 'ajv/dist/2020.js';

const document = JSON.parse(readFileSync(new URL('../../docs/openapi.json', import.meta.url), 'utf8'));
const ajv = new Ajv({ strict: false, validateFormats: false }).addSchema(document, 'api');
const escaped = (part) => part.replaceAll('~', '~0').replaceAll('/', '~1');

/** The route of the document that a path is of: the one with the fewest parameters. */
function routeOf(path) {
  const parts = path.split('/');
  const fits = (route) => {
    const own = route.split('/');
    return own.length === parts.length && own.every((part, k) => part.startsWith('{') || part === parts[k]);
  };
  const parameters = (route) => route.split('{').length;
  return Object.keys(document.paths).filter(fits).sort((a, b) => parameters(a) - parameters(b))[0];
}

/** Judges what comes to the pages of contexts; what is otherwise than the document says is noted in `faults`. */
export class Judge {
  #faults;
  #judging = [];
  /** The routes whose answers were judged. */
  routes = new Set();

  constructor(faults) {
    this.#faults = faults;
  }

  watch(context) {
    context.on('response', (response) => this.#judging.push(this.#judge(response)));
  }

  /** Waits until all that has come is judged. */
  async end() {
    await Promise.all(this.#judging);
  }

  async #judge(response) {
    const kind = (response.headers()['content-type'] ?? '').split(';')[0];
    const route = routeOf(new URL(response.url()).pathname);
    if (!route || !kind.endsWith('json')) return;
    // Who goes on to another screen no longer hears the answer.
    const answer = await response.json().catch(() => undefined);
    if (answer === undefined) return;
    const method = response.request().method().toLowerCase();
    const told = document.paths[route][method]?.responses;
    const status = told?.[response.status()] ? response.status() : 'default';
    const valid = ajv.getSchema(`api#/paths/${escaped(route)}/${method}/responses/${status}/content/${escaped(kind)}/schema`);
    this.routes.add(`${method} ${route}`);
    if (valid?.(answer)) return;
    const why = valid ? ajv.errorsText(valid.errors.slice(0, 3)) : 'it tells nothing of that';
    this.#faults.push(`${method} ${route} answers ${response.status()} otherwise than the document says: ${why}`);
  }
}
