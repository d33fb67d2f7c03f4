// Where the reader is, as the part of the address behind `#`: it can be shared and reopened, and since it is never sent
// to a server, no id in it gets into a log.

export type Screen = 'week' | 'history' | 'people' | 'replan' | 'what-if' | 'print' | 'data';
export type By = 'site' | 'room' | 'clinician' | 'participant' | 'group';
export type Panel = 'missing' | 'changes' | 'session' | 'solve';

export type Part = 'dose' | 'attendance' | 'seats' | 'waiting';

export interface Route {
  screen: Screen;
  program: string | null;
  week: string | null;
  by: By;
  /** Whose week; null for all of them. */
  id: string | null;
  site: string | null;
  /** Only this day. */
  day: string | null;
  session: string | null;
  order: string | null;
  /** The part of the cost whose bearers are shown. */
  penalty: string | null;
  panel: Panel | null;
  /** The table of the data screen. */
  table: string;
  /** The entry of that table that is open. */
  entry: string | null;
  /** What that table is filtered by. */
  filter: string | null;
  /** The figure that is opened: what stands behind it is shown. */
  figure: string | null;
  /** The version that is shown instead of the draft. */
  version: 'draft' | 'published';
  /** The language of what is printed; empty for that of whose sheet it is. */
  language: string;
  /** What the history compares: `draft` or the number of a version. */
  from: string | null;
  to: string | null;
  /** Which part of the people's screen is shown. */
  part: Part;
  /** Id of a comparison or of a search for plans whose answer is shown. */
  run: string | null;
  /** The changes of a comparison, as JSON. */
  scenarios: string | null;
  /** Which result of a comparison is looked into. */
  scenario: string | null;
}

export const START: Route = {
  screen: 'week',
  program: null,
  week: null,
  by: 'room',
  id: null,
  site: null,
  day: null,
  session: null,
  order: null,
  penalty: null,
  panel: null,
  table: 'participants',
  entry: null,
  filter: null,
  figure: null,
  version: 'draft',
  language: '',
  from: null,
  to: null,
  part: 'dose',
  run: null,
  scenarios: null,
  scenario: null,
};

const SCREENS: readonly string[] = ['week', 'history', 'people', 'replan', 'what-if', 'print', 'data'];
const BYS: readonly string[] = ['site', 'room', 'clinician', 'participant', 'group'];
const PARTS: readonly string[] = ['dose', 'attendance', 'seats', 'waiting'];
const PANELS: readonly string[] = ['missing', 'changes', 'session', 'solve'];

const ASKED = [
  ...['by', 'id', 'site', 'day', 'session', 'order', 'penalty', 'panel', 'table', 'entry', 'filter', 'figure', 'version', 'language'],
  ...['from', 'to', 'part', 'run', 'scenarios', 'scenario'],
] as (keyof Route)[];

/** `#/demo/2026-11-30/week?by=room&site=s1` */
export function read(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?');
  const parts = path.split('/').map((part) => safely(part));
  const asked = new URLSearchParams(query);
  const one = <T extends string>(name: string, known: readonly string[], otherwise: T): T => {
    const value = asked.get(name);
    return value !== null && known.includes(value) ? (value as T) : otherwise;
  };
  const screen = parts[2] ?? '';
  return {
    screen: (SCREENS.includes(screen) ? screen : START.screen) as Screen,
    program: parts[0] || null,
    week: /^\d{4}-\d\d-\d\d$/.test(parts[1] ?? '') ? (parts[1] ?? null) : null,
    by: one('by', BYS, START.by),
    id: asked.get('id'),
    site: asked.get('site'),
    day: asked.get('day'),
    session: asked.get('session'),
    order: asked.get('order'),
    penalty: asked.get('penalty'),
    panel: one<Panel | ''>('panel', PANELS, '') || null,
    table: asked.get('table') ?? START.table,
    entry: asked.get('entry'),
    filter: asked.get('filter'),
    figure: asked.get('figure'),
    version: one('version', ['draft', 'published'], START.version),
    language: asked.get('language') ?? START.language,
    from: asked.get('from'),
    to: asked.get('to'),
    part: one('part', PARTS, START.part),
    run: asked.get('run'),
    scenarios: asked.get('scenarios'),
    scenario: asked.get('scenario'),
  };
}

export function write(route: Route): string {
  const path = [route.program ?? '', route.week ?? '', route.screen].map(encodeURIComponent).join('/');
  const asked = new URLSearchParams();
  for (const name of ASKED) {
    const value = route[name];
    if (value !== null && value !== START[name]) asked.set(name, value);
  }
  const query = asked.toString();
  return `#/${path}${query ? `?${query}` : ''}`;
}

function safely(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
