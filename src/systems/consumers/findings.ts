import type { FindingKind } from '../../kernel/finding.ts';

/** Finding codes of this slice. */
export const findings: readonly FindingKind[] = [
  {
    code: 'CONSUMER_NO_CONNECTION',
    title: 'A place of deliverTo has no connection',
    explanation:
      'Every entry of deliverTo is reached by a connection of its kind. Where there is one only, it need not be named; with several, `connection` says which.',
  },
  {
    code: 'CONSUMER_NOT_OURS',
    title: 'A place of deliverTo holds a secret that is none of ours',
    explanation:
      'The place can be read, and what it holds is no version that the vault ever kept for this technical user. Whoever reads it there would lose it. Choose another place, or write over it with --adopt.',
  },
];
