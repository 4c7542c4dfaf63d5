import type { Hop, Subject } from '../../../kernel/system.ts';
import { foreign, type Seen } from './copy-type.ts';

const APPLY = 'locum apply';

/** Whether a place holds the current secret, as far as it can be read. */
export function copyHop(subject: Subject, address: string): Omit<Hop, 'check' | 'title'> {
  const unobserved = subject.unobserved(address);
  if (unobserved !== undefined) {
    return {
      ...nothing,
      status: 'unknown',
      because: unobserved,
      remedy: 'mend its connection',
      code: 'CONSUMER_UNREAD',
    };
  }
  const seen = (subject.observed(address) as Pick<Seen, 'holds' | 'overwrittenAt'> | undefined) ?? { holds: 'absent' };
  switch (seen.holds) {
    case 'this':
      return { status: 'ok', evidence: ['holds the current version'] };
    case 'unknown':
      return {
        status: 'warning',
        evidence: ['something is there'],
        because: 'the place does not give it back: only whoever uses it can prove it',
        remedy: 'look at the last run of what uses it',
        code: 'CONSUMER_UNPROVEN',
      };
    case 'absent':
      return { ...nothing, status: 'failed', because: 'nothing is there', remedy: APPLY, code: 'CONSUMER_EMPTY' };
    case 'other':
      return {
        ...nothing,
        status: 'failed',
        because: 'it holds another secret than the current one: its logins are refused, and count as failed',
        remedy: APPLY,
        code: 'CONSUMER_STALE',
      };
    case 'foreign':
      return {
        ...nothing,
        status: 'failed',
        because: `it ${foreign(seen)}`,
        remedy: `${APPLY} --adopt`,
        code: 'CONSUMER_NOT_OURS',
      };
  }
}

const nothing = { evidence: [] } as const;
