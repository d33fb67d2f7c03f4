// The desk: a programme's week as the service has it, the changes that wait, what the rules say of them.

import { ask, message, ServiceError } from '../api/client';
import type {
  Borne,
  Calendar,
  Caller,
  CheckReport,
  ColumnAsked,
  Explained,
  Explanation,
  Goals,
  Places,
  Problem,
  Program,
  Programs,
  Progress,
  Pulse,
  Quality,
  Recommendation,
  Recommended,
  Remedy,
  Session,
  SolveView,
  Week,
  WeekCalendar,
} from '../api/types';
import { Book } from '../model/book';
import { added, applied, NOTHING, pinned, redone, undone, type Edit, type History } from '../model/edits';
import { columnOf, type Moving } from '../model/places';
import { plus } from '../model/time';
import { switched } from './programme';
import { keep, kept } from './waiting';

/** A point of a solve's way. */
export interface Point {
  seconds: number;
  objective: number | null;
  bound: number;
}

/** Columns that are asked about at once. */
const COLUMNS = 6;

class Desk {
  caller = $state<Caller | null>(null);
  /** Whether a key is asked for. */
  locked = $state(false);
  programs = $state<Program[]>([]);
  program = $state<string | null>(null);
  week = $state.raw<Week | null>(null);
  book = $state.raw<Book | null>(null);
  etag: string | null = null;
  loading = $state(false);
  /** What went wrong, in words; and what went well. */
  trouble = $state<string | null>(null);
  news = $state<string | null>(null);

  #history = $state.raw<History>(NOTHING);
  /** What the rules say of what is on the screen, and of what the service has. */
  check = $state.raw<CheckReport | null>(null);
  checked = $state.raw<CheckReport | null>(null);
  checking = $state(false);
  saving = $state(false);

  solve = $state.raw<SolveView | null>(null);
  budget = $state(30);
  way = $state.raw<Point[]>([]);
  /** The best calendar of the solve under way. */
  best = $state.raw<Session[] | null>(null);

  unmet = $state.raw<Explained[] | null>(null);
  explaining = $state(false);
  /** What the calendar on the screen costs, and whom. */
  quality = $state.raw<Quality | null>(null);
  #measuring = $state(false);

  /** Where a session could stand instead: asked when it is about to be moved. */
  moving = $state.raw<Moving | null>(null);
  /** The columns that are asked about, and how the asking ends. */
  #columns: { of: string; asking: AbortController } | null = null;
  /** How often was asked where a session could stand, or no longer. */
  #moves = 0;

  #events: EventSource | null = null;
  /** Tells what others do to the week. */
  #others: EventSource | null = null;
  #asked = 0;
  #clock: number | null = null;
  #looking = false;
  #again = false;
  /** The week whose stored calendar `checked` is about. */
  #checkedOf: Week | null = null;

  /** The calendar that edits are laid over. */
  stored = $derived<WeekCalendar | null>(this.week?.draft ?? this.week?.published ?? null);
  solving = $derived(this.solve?.status === 'queued' || this.solve?.status === 'running');
  sessions = $derived<Session[]>(
    this.solving && this.best ? this.best : applied(this.stored?.sessions ?? [], this.history.done),
  );
  published = $derived(new Map((this.week?.published?.sessions ?? []).map((s) => [s.id, s])));
  may = $derived((scope: string) => this.caller?.scopes.includes(scope as never) ?? false);

  get history(): History {
    return this.#history;
  }
  set history(history: History) {
    this.#history = history;
    if (this.program && this.week) keep(this.program, this.week.week_start, history);
  }

  async begin(program: string | null, date: string | null) {
    try {
      this.caller = (await ask<Caller>('GET', '/v1/session')).body;
      this.locked = false;
      // Clinicians see their own calendars elsewhere.
      if (!this.may('read')) return;
      this.programs = (await ask<Programs>('GET', '/v1/programs?limit=1000')).body.items;
      const chosen = program ?? this.programs.find((p) => p.id === 'demo')?.id ?? this.programs[0]?.id ?? null;
      if (chosen) await this.open(chosen, date ?? (await this.#usual(chosen)));
    } catch (error) {
      if (error instanceof ServiceError && error.status === 401) this.locked = true;
      else this.trouble = message(error);
    }
  }

  /** Signs out: nothing of the programme stays on the screen. */
  async leave() {
    try {
      await ask('DELETE', '/v1/session');
    } catch (error) {
      this.trouble = message(error);
      return;
    }
    this.close();
    sessionStorage.clear();
    this.caller = this.program = this.week = this.book = null;
    this.#history = NOTHING;
    this.programs = [];
    this.locked = true;
  }

  /** The week that a programme opens with. */
  async #usual(program: string): Promise<string> {
    // The export without a date says which week the service takes for this one. Where nothing is planned in it, that may be
    // so in the next; the demo begins with a week of its own.
    const path = `/v1/programs/${encodeURIComponent(program)}`;
    const first = (await ask<Problem>('GET', `${path}/export`)).body.week_start;
    const others = [plus(first, 7), ...(program === 'demo' ? ['2026-11-30'] : [])];
    for (const date of [first, ...others]) {
      const week = (await ask<Week>('GET', `${path}/weeks/${date}`)).body;
      if (week.draft || week.published || week.solve) return date;
    }
    return first;
  }

  get path(): string {
    return `/v1/programs/${encodeURIComponent(this.program ?? '')}/weeks/${this.week?.week_start ?? ''}`;
  }

  async open(program: string, date: string) {
    this.loading = true;
    this.close();
    this.#clock = null;
    try {
      const answer = await ask<Week>('GET', `/v1/programs/${encodeURIComponent(program)}/weeks/${date}`);
      this.program = program;
      this.#take(answer.body, answer.etag);
      this.#history = kept(program, answer.body.week_start);
      this.#changed();
      this.solve = null;
      this.best = null;
      this.#listen();
      if (answer.body.solve) this.#watch(answer.body.solve);
      else await this.judge();
    } catch (error) {
      this.trouble = message(error);
    } finally {
      this.loading = false;
    }
  }

  close() {
    this.#unwatch();
    this.#others?.close();
    this.#others = null;
  }

  #unwatch() {
    this.#events?.close();
    this.#events = null;
  }

  /** Listens to what others do to the week; the browser comes back by itself where the line breaks. */
  #listen() {
    this.#others = new EventSource(`${this.path}/events`);
    this.#others.addEventListener('week', (event) => {
      const { etag, clock } = JSON.parse((event as MessageEvent<string>).data) as Pulse;
      const first = this.#clock === null;
      const same = etag === this.etag && (first || clock === this.#clock);
      this.#clock = clock;
      if (!same) void this.look();
    });
  }

  #take(week: Week, etag: string | null) {
    this.week = week;
    this.book = new Book(week.problem);
    this.etag = etag;
  }

  /** Gets the week again; what waits stays over it. */
  async refresh() {
    const answer = await ask<Week>('GET', this.path);
    this.#take(answer.body, answer.etag);
  }

  /** Looks whether somebody else has changed the week, one look after the other, so that the last one sees the last state. */
  async look() {
    if (this.#looking) {
      this.#again = true;
      return;
    }
    this.#looking = true;
    do {
      this.#again = false;
      await this.#lookOnce();
    } while (this.#again);
    this.#looking = false;
  }

  /** Gets the week as it is now; what waits stays over it. */
  async #lookOnce() {
    if (!this.week || this.solving || this.saving || this.loading) return;
    try {
      const { program, path } = this;
      const answer = await ask<Week>('GET', path);
      if (program !== this.program || path !== this.path || this.solving || this.saving) return;
      if (answer.body.solve) return this.#watch(answer.body.solve);
      const theirs = answer.etag !== this.etag;
      if (!theirs && JSON.stringify(answer.body.problem) === JSON.stringify(this.week.problem)) return;
      const version = answer.body.versions.length > this.week.versions.length ? answer.body.versions.at(-1)?.version : undefined;
      this.#take(answer.body, answer.etag);
      this.#changed();
      await this.judge();
      if (version !== undefined) this.news = `This week is published as version ${version}.`;
      else if (theirs)
        this.news = this.history.done.length
          ? 'Somebody else has changed this week. It is shown as it is now, with your changes over it.'
          : 'Somebody else has changed this week; it is shown as it is now.';
    } catch {
      // The next look comes soon, and what the reader does tells of the trouble.
    }
  }

  // Changes by hand

  edit = (edit: Edit) => this.#become(added(this.history, edit));
  undo = () => this.#step(this.history.done.at(-1), true);
  redo = () => this.#step(this.history.undone.at(-1), false);

  /** Forgets all that waits; data that were changed for it are as they were. */
  forget = async () => {
    for (const edit of [...this.history.done].reverse()) {
      if (edit.data?.length && !(await this.#switch(edit, true))) return;
      this.history = undone(this.history);
    }
    await this.#become(NOTHING);
  };

  async #step(edit: Edit | undefined, back: boolean) {
    if (!edit || (edit.data?.length && !(await this.#switch(edit, back)))) return;
    await this.#become(back ? undone(this.history) : redone(this.history));
  }

  /** Whether the data changes of an edit could be taken back, or made again. */
  async #switch(edit: Edit, back: boolean): Promise<boolean> {
    try {
      await switched(edit, back);
      await this.refresh();
      return true;
    } catch (error) {
      this.trouble = message(error);
      return false;
    }
  }

  async #become(history: History) {
    this.trouble = null;
    this.history = history;
    this.#changed();
    await this.judge();
  }

  /** What was asked about another calendar is no longer true. */
  #changed() {
    this.unmet = null;
    this.quality = null;
    this.still();
  }

  /** The week's problem; what is pinned is what the screen pins, as the service has it once that is saved. */
  get problem(): Problem | undefined {
    return this.#problemOf(this.sessions);
  }

  #problemOf(sessions: Session[]): Problem | undefined {
    const problem = this.week?.problem;
    return problem && { ...problem, previous: pinned(problem.previous ?? [], sessions) as Problem['previous'] };
  }

  /** Asks the rules about what is on the screen. */
  async judge() {
    const problem = this.week?.problem;
    if (!problem || !this.stored) {
      this.check = this.checked = null;
      return;
    }
    const asked = ++this.#asked;
    this.checking = true;
    try {
      const report = await this.verdict(this.sessions);
      if (asked !== this.#asked) return;
      this.check = report;
      const week = this.week;
      if (this.history.done.length === 0) this.checked = report;
      else if (week !== this.#checkedOf) this.checked = await this.verdict(this.stored.sessions);
      this.#checkedOf = week;
    } catch (error) {
      this.trouble = message(error);
    } finally {
      if (asked === this.#asked) this.checking = false;
    }
  }

  /** What the rules say of a calendar; what is pinned is what it pins itself. */
  async verdict(sessions: Session[], signal?: AbortSignal): Promise<CheckReport> {
    const body = { problem: this.#problemOf(sessions), calendar: { sessions } };
    return (await ask<CheckReport>('POST', '/v1/check', { body, signal })).body;
  }

  /** Saves what waits into the draft, if it is still the draft that was seen. */
  async save() {
    if (!this.week) return;
    this.saving = true;
    this.trouble = null;
    try {
      const headers = this.etag ? { 'If-Match': this.etag } : undefined;
      const body = { version: 1, sessions: this.sessions };
      await ask('PUT', `${this.path}/draft`, { body, headers });
      this.history = NOTHING;
      await this.refresh();
      await this.judge();
      this.news = 'Saved into the draft. Nobody else sees it until it is published.';
    } catch (error) {
      if (error instanceof ServiceError && error.status === 412) {
        await this.refresh();
        await this.judge();
        this.trouble =
          'Somebody else has changed this week meanwhile. Their calendar is on the screen, with your changes over it: look at them, then save again.';
      } else this.trouble = message(error);
    } finally {
      this.saving = false;
    }
  }

  async publish() {
    this.saving = true;
    this.trouble = null;
    try {
      const headers = this.etag ? { 'If-Match': this.etag } : undefined;
      await ask('POST', `${this.path}/publish`, { headers });
      await this.refresh();
      this.news = `Published as version ${this.week?.versions.at(-1)?.version ?? ''}.`;
    } catch (error) {
      if (error instanceof ServiceError && error.problem.violations?.length) {
        const first = error.problem.violations[0];
        this.trouble = `The draft breaks rules and can't be published. ${first?.detail ?? ''}`;
      } else if (error instanceof ServiceError && error.status === 412) {
        await this.refresh();
        await this.judge();
        this.trouble = 'Somebody else has changed this week meanwhile. Look at it, then publish.';
      } else this.trouble = message(error);
    } finally {
      this.saving = false;
    }
  }

  /** Does what changes the stored week, and gets it again: what is heard of it meanwhile is one's own. */
  async write(change: () => Promise<unknown>) {
    this.saving = true;
    try {
      await change();
      await this.refresh();
    } finally {
      this.saving = false;
    }
  }

  /** Takes an earlier version as the draft; it is published as any draft is. */
  async restore(version: number) {
    this.saving = true;
    try {
      await ask('POST', `${this.path}/versions/${version}/restore`, { headers: this.etag ? { 'If-Match': this.etag } : {} });
      this.history = NOTHING;
      this.#changed();
      await this.refresh();
      await this.judge();
      this.news = `Version ${version} is the draft now. Nobody else sees it until it is published.`;
    } catch (error) {
      if (error instanceof ServiceError && error.status === 412) await this.refresh();
      this.trouble = message(error);
    } finally {
      this.saving = false;
    }
  }

  // Solving

  async start(seconds: number, goals?: Goals) {
    try {
      this.budget = seconds;
      const body = { options: { seconds, threads: 2, goals } };
      const solve = (await ask<SolveView>('POST', `${this.path}/solve`, { body })).body;
      this.#watch(solve.id, solve);
    } catch (error) {
      this.trouble = message(error);
    }
  }

  async stop() {
    if (!this.solve) return;
    try {
      await ask('DELETE', `/v1/solves/${this.solve.id}`);
    } catch (error) {
      this.trouble = message(error);
    }
  }

  #watch(id: string, solve?: SolveView) {
    this.#unwatch();
    this.#changed();
    this.way = [];
    this.best = null;
    this.solve = solve ?? { id, status: 'queued', bound: 0, seconds: 0, rounds: 0 };
    const events = new EventSource(`/v1/solves/${id}/events`);
    this.#events = events;
    let shown: number | null = null;
    let busy = false;
    events.addEventListener('progress', (event) => {
      const progress = JSON.parse((event as MessageEvent<string>).data) as Progress;
      this.solve = { ...(this.solve ?? { id }), ...progress, id, status: 'running' } as SolveView;
      const { seconds, objective, bound } = progress;
      this.way = [...this.way, { seconds, objective, bound }];
      if (objective !== null && objective !== shown && !busy) {
        busy = true;
        shown = objective;
        ask<Calendar>('GET', `/v1/solves/${id}/calendar`)
          .then((answer) => (this.best = answer.body.sessions))
          .catch(() => (shown = null))
          .finally(() => setTimeout(() => (busy = false), 400));
      }
    });
    events.addEventListener('finished', (event) => {
      this.solve = JSON.parse((event as MessageEvent<string>).data) as SolveView;
      this.#unwatch();
      void this.#settle();
    });
  }

  async #settle() {
    try {
      await this.refresh();
      this.best = null;
      this.#changed();
      await this.judge();
      if (this.solve?.status === 'failed') this.trouble = this.solve.error?.detail ?? 'The solve failed.';
      // The demo publishes its first calendar a moment later.
      if (!this.week?.versions.length) setTimeout(() => void this.refresh().catch(() => {}), 1500);
    } catch (error) {
      this.trouble = message(error);
    }
  }

  // Questions about the calendar on the screen

  async explain() {
    if (!this.week || this.explaining || this.solving) return;
    this.explaining = true;
    try {
      // The reasons at once; what would help is asked for an order that somebody looks at.
      const body = { problem: this.problem, calendar: { sessions: this.sessions }, seconds: 0 };
      const asked = this.#asked;
      const answer = await ask<Explanation>('POST', '/v1/explain', { body });
      if (asked === this.#asked) this.unmet = answer.body.unmet;
    } catch (error) {
      this.trouble = message(error);
    } finally {
      this.explaining = false;
    }
  }

  /** Asks what the calendar on the screen costs, and who bears it. */
  async measure() {
    if (!this.week || this.#measuring || this.solving) return;
    this.#measuring = true;
    try {
      const body = { problem: this.problem, calendar: { sessions: this.sessions } };
      const asked = this.#asked;
      const answer = await ask<Quality>('POST', '/v1/quality', { body });
      if (asked === this.#asked) this.quality = answer.body;
    } catch (error) {
      this.trouble = message(error);
    } finally {
      this.#measuring = false;
    }
  }

  /** What each part of a calendar's cost is, and who bears it. */
  async costs(sessions: Session[], problem?: Problem, signal?: AbortSignal): Promise<Borne[]> {
    const body = { problem: problem ?? this.#problemOf(sessions), calendar: { sessions } };
    return (await ask<Quality>('POST', '/v1/quality', { body, signal })).body.penalties;
  }

  /** Small changes of the programme that would give an order a place. */
  async remedies(order: string, signal?: AbortSignal): Promise<Remedy[]> {
    const body = { problem: this.problem, calendar: { sessions: this.sessions }, order, seconds: 5 };
    const answer = await ask<Explanation>('POST', '/v1/explain', { body, signal });
    return answer.body.unmet[0]?.remedies ?? [];
  }

  async recommend(order: string, signal?: AbortSignal): Promise<Recommended[]> {
    const body = { problem: this.problem, calendar: { sessions: this.sessions }, order, top: 8 };
    return (await ask<Recommendation>('POST', '/v1/recommend', { body, signal })).body.places;
  }

  /** No session is about to move any more: the board shows no places. */
  still() {
    this.#moves += 1;
    this.down();
    this.moving = null;
  }

  /** The session that was carried is put down: its columns are no longer asked about. */
  down() {
    this.#columns?.asking.abort();
    this.#columns = null;
    if (this.moving?.columns.size) this.moving = { ...this.moving, columns: new Map() };
  }

  /** Asks where a session could stand instead; what was asked before about the same calendar is not asked again. */
  async move(session: string) {
    if (this.moving?.id === session) return;
    this.still();
    this.moving = { id: session, places: null, columns: new Map() };
    // An answer that comes after the next question is of another calendar or session.
    const asked = this.#moves;
    try {
      const { places } = await this.#places(session);
      if (asked === this.#moves && this.moving) this.moving = { ...this.moving, places: places ?? [] };
    } catch (error) {
      if (asked !== this.#moves) return;
      this.moving = null;
      this.trouble = message(error);
    }
  }

  /** Asks where a session that is carried could stand in these columns, a few at a time: what is known is shown at once. */
  async carry(session: string, columns: ColumnAsked[]) {
    void this.move(session);
    const of = JSON.stringify(columns);
    if (this.#columns?.of === of) return;
    this.down();
    const asking = new AbortController();
    this.#columns = { of, asking };
    try {
      for (let k = 0; k < columns.length; k += COLUMNS) {
        const few = columns.slice(k, k + COLUMNS);
        const { columns: found = [] } = await this.#places(session, few, asking.signal);
        if (asking.signal.aborted || this.moving?.id !== session) return;
        const known = few.map((column, k) => [columnOf(column), found[k] ?? []] as const);
        this.moving = { ...this.moving, columns: new Map([...this.moving.columns, ...known]) };
      }
    } catch (error) {
      if (asking.signal.aborted) return;
      this.#columns = null;
      this.trouble = message(error);
    }
  }

  async #places(session: string, columns?: ColumnAsked[], signal?: AbortSignal): Promise<Places> {
    // Who asks where a pinned session could go means to move it.
    const previous = this.problem?.previous?.map((s) => (s.id === session ? { ...s, pinned: false } : s));
    const body = { problem: { ...this.problem, previous }, calendar: { sessions: this.sessions }, session, columns };
    return (await ask<Places>('POST', '/v1/places', { body, signal })).body;
  }
}

export const desk = new Desk();
