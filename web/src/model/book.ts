// A problem's things by their ids, and what they are called on the screen.

import type { Clinician, Group, Order, Participant, Problem, Room, Service, Session, Site } from '../api/types';
import { kindOf, type Kind } from './kinds';
import type { By } from './route';
import { told } from './time';

export interface Ordered {
  participant: Participant;
  order: Order;
}

/** What can be chosen of a kind. */
export interface Choice {
  id: string;
  name: string;
  note: string;
}

export class Book {
  readonly sites: Map<string, Site>;
  readonly rooms: Map<string, Room>;
  readonly services: Map<string, Service>;
  readonly clinicians: Map<string, Clinician>;
  readonly groups: Map<string, Group>;
  readonly participants: Map<string, Participant>;
  readonly orders = new Map<string, Ordered>();
  /** Every zone in which somebody or something lives. */
  readonly zones: string[];

  constructor(readonly problem: Problem) {
    const by = <T extends { id: string }>(list: T[]) => new Map(list.map((item) => [item.id, item]));
    this.sites = by(problem.sites);
    this.rooms = by(problem.rooms);
    this.services = by(problem.services);
    this.clinicians = by(problem.clinicians);
    this.groups = by(problem.groups);
    this.participants = by(problem.participants);
    const { sites, clinicians, participants } = problem;
    this.zones = [...new Set([...sites, ...clinicians, ...participants].map((e) => e.time_zone).filter((z) => typeof z === 'string'))];
    for (const participant of problem.participants) {
      for (const order of participant.orders) this.orders.set(order.id, { participant, order });
    }
  }

  kind(session: Session): Kind {
    return kindOf(this.services.get(session.service)?.kind);
  }

  /** What a session is called: its group's name, or its service's. */
  title(session: Session): string {
    const group = session.group ? this.groups.get(session.group)?.name : undefined;
    return group ?? this.services.get(session.service)?.name ?? session.id;
  }

  /** A sentence of the service, as people read it. */
  told(sentence: string): string {
    return told(sentence, this.zones);
  }

  /** The zone of a site. */
  zoneOf(site: string): string {
    return this.sites.get(site)?.time_zone ?? 'UTC';
  }

  /** The zone in which somebody or something lives. */
  zone(by: By, id: string | null, site: string | null): string {
    const first = this.problem.sites[0]?.id ?? '';
    switch (by) {
      case 'clinician': {
        const clinician = id ? this.clinicians.get(id) : undefined;
        if (clinician) return clinician.time_zone ?? this.zoneOf(clinician.home_site);
        break;
      }
      case 'participant': {
        const participant = id ? this.participants.get(id) : undefined;
        if (participant) return participant.time_zone ?? this.zoneOf(participant.home_site);
        break;
      }
      case 'room': {
        const room = id ? this.rooms.get(id) : undefined;
        if (room) return this.zoneOf(room.site);
        break;
      }
      case 'group': {
        const group = id ? this.groups.get(id) : undefined;
        if (group) return this.zoneOf(group.site);
        break;
      }
      default:
        if (id && this.sites.has(id)) return this.zoneOf(id);
    }
    return this.zoneOf(site ?? first);
  }

  /** Whether there is something or somebody of this kind by that id. */
  has(by: By, id: string): boolean {
    return { site: this.sites, room: this.rooms, clinician: this.clinicians, participant: this.participants, group: this.groups }[by].has(id);
  }

  name(by: By, id: string): string {
    switch (by) {
      case 'site':
        return this.sites.get(id)?.name ?? id;
      case 'clinician':
        return this.clinicians.get(id)?.name ?? id;
      case 'group':
        return this.groups.get(id)?.name ?? id;
      default:
        return id;
    }
  }

  /** What there is to choose from at a site. */
  choices(by: By, site: string | null): Choice[] {
    const at = (own: string) => site === null || own === site;
    switch (by) {
      case 'site':
        return this.problem.sites.map((s) => ({ id: s.id, name: s.name, note: s.time_zone }));
      case 'room':
        return this.problem.rooms
          .filter((r) => at(r.site))
          .map((r) => ({ id: r.id, name: r.id, note: [`${r.capacity} seats`, ...(r.features ?? [])].join(', ') }));
      case 'clinician':
        return this.problem.clinicians
          .filter((c) => at(c.home_site))
          .map((c) => ({ id: c.id, name: c.name, note: (c.credentials ?? []).join(', ') }));
      case 'group':
        return this.problem.groups
          .filter((g) => at(g.site))
          .map((g) => ({ id: g.id, name: g.name, note: this.services.get(g.service)?.name ?? '' }));
      case 'participant':
        return this.problem.participants
          .filter((p) => at(p.home_site))
          .map((p) => ({ id: p.id, name: p.id, note: '' }));
    }
  }

  /** How many sessions are ordered. */
  ordered(): number {
    let sum = 0;
    for (const { order } of this.orders.values()) sum += order.sessions;
    return sum;
  }

  clinicianNames(session: Session): string {
    return session.clinicians.map((id) => this.clinicians.get(id)?.name ?? id).join(', ');
  }
}

/** Whether a session is of a room, clinician, participant, group or site. */
export function concerns(session: Session, by: By, id: string): boolean {
  switch (by) {
    case 'room':
      return session.room === id;
    case 'clinician':
      return session.clinicians.includes(id);
    case 'participant':
      return session.participants.includes(id);
    case 'group':
      return session.group === id;
    case 'site':
      return session.site === id;
  }
}

/** Ordered sessions that nobody has a place for, counted from the sessions. */
export function missing(book: Book, sessions: Session[]): number {
  const held = new Map<string, number>();
  const note = (key: string) => held.set(key, (held.get(key) ?? 0) + 1);
  for (const session of sessions) {
    if (session.order) note(session.order);
    else for (const participant of session.participants) note(`${participant} ${session.service}`);
  }
  let sum = 0;
  for (const { participant, order } of book.orders.values()) {
    const got = held.get(order.id) ?? held.get(`${participant.id} ${order.service}`) ?? 0;
    sum += Math.max(0, order.sessions - got);
  }
  return sum;
}
