// What the parts of a calendar's cost and the further goals of a solve are called.

import type { Borne, Goal } from '../api/types';

/** What a solve may follow beside the least cost. */
export const GOALS: { value: string; follow: Goal[]; name: string; words: string }[] = [
  { value: '', follow: [], name: 'The least cost', words: 'Care first, then days, waiting and preferences.' },
  { value: 'largest', follow: ['largest_burden'], name: 'Fair: nobody bears much', words: 'Spares those on whom most falls, the heaviest first.' },
  { value: 'even', follow: ['quadratic_burden'], name: 'Fair: burdens alike', words: 'Spreads what has to be borne over all.' },
  { value: 'contacts', follow: ['few_contacts'], name: 'Few calls', words: 'Leaves as many people as possible with the week that they know.' },
  {
    value: 'contacts-largest',
    follow: ['few_contacts', 'largest_burden'],
    name: 'Few calls, then fair',
    words: 'Few people have another week; among such weeks the one that spares those who bear most.',
  },
];

const GOAL_WORDS: Record<Goal, string> = {
  few_contacts: 'people with another week than they know',
  largest_burden: 'the most that falls on one person',
  quadratic_burden: 'what falls on each, large parts counted more',
};
export const goalWords = (goal: string): string => GOAL_WORDS[goal as Goal] ?? goal.replaceAll('_', ' ');

const WORDS: Record<string, string> = {
  unmet: 'ordered sessions that are missing',
  shortfall: 'minutes below the week’s minimum',
  short_day: 'minutes below the day’s minimum',
  missing_day: 'days below the plan',
  attended_day: 'days on which somebody comes',
  wait: 'waiting between sessions',
  soft_commitment: 'what people would rather keep free',
  not_preferred_clinician: 'not with the preferred clinician',
  away_site: 'away from the home site',
  group_switch: 'changes of group',
  clinician_switch: 'changes of clinician',
  shifted: 'other hours than people are used to',
  held_meeting: 'group meetings held',
  moved: 'sessions moved since the publication',
  clinician_changed: 'other clinicians than published',
  room_changed: 'other rooms than published',
  dropped: 'people who lose a published session',
};

/** A penalty in words. */
export const penaltyWords = (name: string): string => WORDS[name] ?? name.replaceAll('_', ' ');

/** What each part of the cost is more (or less) than before, the largest first; what is the same is left out. */
export function parts(before: Record<string, number>, after: Record<string, number>): { name: string; by: number }[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .map((name) => ({ name, by: (after[name] ?? 0) - (before[name] ?? 0) }))
    .filter((part) => part.by !== 0)
    .sort((a, b) => Math.abs(b.by) - Math.abs(a.by));
}

/** What more (or less) falls on one, a participant or a session. */
export interface Share {
  by: string;
  id: string;
  cost: number;
}

/** On whom a part of the cost falls otherwise than before, those with the largest difference first. */
export function borne(before: Borne[], after: Borne[], penalty: string): Share[] {
  const sums = new Map<string, Share>();
  for (const [list, sign] of [[before, -1], [after, 1]] as const) {
    for (const part of list.filter((b) => b.penalty === penalty)) {
      for (const { id, cost } of part.bearers) sums.set(id, { by: part.by, id, cost: (sums.get(id)?.cost ?? 0) + sign * cost });
    }
  }
  return [...sums.values()].filter((s) => s.cost !== 0).sort((a, b) => Math.abs(b.cost) - Math.abs(a.cost));
}

/** A difference with its sign. */
export const signed = (by: number): string => `${by > 0 ? '+' : '−'}${Math.abs(by).toLocaleString('en')}`;

interface Measured {
  name: string;
  /** How a figure of it is told. */
  as: 'cost' | 'minutes' | 'count' | 'share';
}
const MEASURES: Record<string, Measured> = {
  burden: { name: 'Cost that falls on one', as: 'cost' },
  waiting_minutes: { name: 'Waiting', as: 'minutes' },
  evenings: { name: 'Evenings', as: 'count' },
  days: { name: 'Days', as: 'count' },
  missing_minutes: { name: 'Missing care', as: 'minutes' },
  lost_preferences: { name: 'Preferences not met', as: 'count' },
  load: { name: 'Share of the shift in use', as: 'share' },
  evening_minutes: { name: 'Evening work', as: 'minutes' },
  idle_minutes: { name: 'Idle between sessions', as: 'minutes' },
};
/** How a measure of fairness is told. */
export const measured = (name: string): Measured => MEASURES[name] ?? { name: name.replaceAll('_', ' '), as: 'count' };
