// The wire's types, as the OpenAPI document has them, and a calendar as Careweave itself writes it.

import type { Remedy } from '../model/remedies';
import type { components } from './schema';

type Schemas = components['schemas'];
export type Problem = Schemas['Problem'];
export type Site = Schemas['Site'];
export type Room = Schemas['Room'];
export type Service = Schemas['Service'];
export type Clinician = Schemas['Clinician'];
export type Group = Schemas['Group'];
export type Participant = Schemas['Participant'];
export type Order = Schemas['Order'];
export type Window = Schemas['Window'];
export type Weekday = Schemas['Weekday'];
export type Modality = Schemas['Modality'];
export type ServiceKind = Schemas['ServiceKind'];
export type CheckReport = Schemas['CheckReport'];
export type Violation = Schemas['Violation'];
export type SolveView = Schemas['SolveView'];
export type Version = Schemas['Version'];
export type Program = Schemas['Program'];
export type Explained = Omit<Schemas['Explained'], 'remedies'> & { remedies?: Remedy[] };
export type Reason = Schemas['Reason'];
export type Fault = Schemas['Fault'];
export type ProblemDetails = Schemas['ProblemDetails'];
export type Dose = Schemas['Dose'];
export type Attended = Schemas['Attended'];
export type Opening = Schemas['Opening'];
export type Waiter = Schemas['Waiter'];
export type Ways = Schemas['Ways'];
export type Quality = Schemas['Quality'];
export type Goals = Schemas['SolveGoals'];
export type Caller = Schemas['SessionView'];

/** A session with everything that Careweave writes about it. */
export interface Session {
  id: string;
  service: string;
  group?: string;
  order?: string;
  modality: Modality;
  site: string;
  room: string | null;
  clinicians: string[];
  participants: string[];
  start: string;
  end: string;
  time_zone: string;
  pinned?: boolean;
}

export interface Calendar {
  sessions: Session[];
  objective?: number;
  bound?: number;
  gap?: number;
  penalties?: Record<string, number>;
  unmet?: Pick<Explained, 'participant' | 'order' | 'service' | 'missing_sessions'>[];
  /** What became of goals beside the least cost. */
  goals?: { follow: { goal: string; before: number; after: number; who?: string }[] };
}

export interface Week {
  week_start: string;
  problem: Problem;
  draft: Calendar | null;
  published: Calendar | null;
  versions: Version[];
  solve: string | null;
}

/** A place that is recommended for an order. */
export interface Recommended {
  sessions: Session[];
  cost_difference: number;
  moves: Session[];
  contacts: string[];
}

/** What the search tells while it runs. */
export interface Progress {
  seconds: number;
  stage: string;
  objective: number | null;
  bound: number;
  gap: number | null;
  rounds: number;
}
