// The kinds of service: what they are called, and the letter by which they are known where colour is not seen.

import type { ServiceKind } from '../api/types';

export interface Kind {
  id: ServiceKind;
  name: string;
  letter: string;
}

export const KINDS: Kind[] = [
  { id: 'group_therapy', name: 'Group therapy', letter: 'G' },
  { id: 'psychoeducation', name: 'Psychoeducation', letter: 'E' },
  { id: 'skills_building', name: 'Skills', letter: 'S' },
  { id: 'individual_therapy', name: 'Individual', letter: 'I' },
  { id: 'family_therapy', name: 'Family', letter: 'F' },
  { id: 'medication_management', name: 'Medication', letter: 'M' },
  { id: 'assessment', name: 'Assessment', letter: 'A' },
  { id: 'case_management', name: 'Case management', letter: 'C' },
  { id: 'progress_review', name: 'Review', letter: 'R' },
];

const known = new Map(KINDS.map((kind) => [kind.id, kind]));

export function kindOf(id: ServiceKind | undefined): Kind {
  return (id && known.get(id)) || { id: 'group_therapy', name: 'Other', letter: '·' };
}
