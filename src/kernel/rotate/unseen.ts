import { type Saga, Stopped } from './saga.ts';

/**
 * Nothing that is still valid ends while a place that may hold it can't be looked at: a service that is down for a moment looks like one
 * without consumers.
 */
export function beSureThatAllIsSeen(saga: Saga): void {
  const { unseen = [] } = saga.record();
  const [first, ...others] = saga.unread.filter(({ unlikely, where }) => !unlikely && !unseen.includes(where));
  if (!first) return;
  const { user } = saga.credential;
  const more = others.length > 0 ? ` (and ${others.length} more)` : '';
  throw new Stopped({
    code: 'ROTATION_UNREAD_PLACE',
    severity: 'error',
    subject: first.where,
    because: `it can't be looked at, so whether something there uses the credential is unknown${more}: ${first.because}; nothing is ended`,
    remedy: `${first.remedy ?? 'mend that'}, then \`locum rotate ${user}\` goes on; or say --accept ROTATION_UNREAD_PLACE`,
  });
}
