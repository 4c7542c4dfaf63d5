import type { FindingKind } from '../finding.ts';

/** What `locum explain` tells of the findings of rotations. */
export const rotationFindings: readonly FindingKind[] = [
  {
    code: 'CREDENTIAL_ENDED',
    title: 'a credential has ended by its validity',
    explanation: 'It gets no token any more. A rotation replaces it.',
  },
  {
    code: 'CREDENTIAL_ENDS_SOON',
    title: 'a credential ends soon',
    explanation:
      'Its validity, or `rotation.every` of the manifest, is over within the time that was asked for. A rotation replaces it.',
  },
  {
    code: 'CREDENTIAL_NOT_MADE',
    title: 'a declared credential is not in the vault',
    explanation: 'The first `locum rotate NAME` makes it.',
  },
  {
    code: 'CREDENTIAL_REFUSED',
    title: 'a credential is refused',
    explanation: 'It was removed or has ended at the service, or the client is locked. A rotation replaces it.',
  },
  {
    code: 'CREDENTIAL_UNPROVEN',
    title: 'whether a credential works is not known',
    explanation: 'It holds no OAuth client, or a login was refused in this run before, after which none is tried.',
  },
  {
    code: 'ROTATION_CONSUMER_FAILS',
    title: 'a consumer has the new secret, but does not work',
    explanation:
      'The secret is proven and stands in the place, yet using the place as its owner would fails. The cause lies elsewhere, such as in a role: `locum doctor` tells.',
  },
  {
    code: 'ROTATION_CONSUMER_STALE',
    title: 'a consumer does not hold the current secret',
    explanation:
      'What it logs in with is refused, and each of its logins counts towards a lock. A rotation gives it the new secret; `locum apply` gives it the current one.',
  },
  {
    code: 'ROTATION_CONSUMER_UNREACHABLE',
    title: 'a place that holds the secret does not answer',
    explanation:
      'It is looked at before a rotation begins: with a new secret set, and not delivered there, it would be cut off until it answers again. Other rotations of the same call go on. After a leak it is only told, and supplied later.',
  },
  {
    code: 'ROTATION_FOREIGN_CONSUMER',
    title: 'something that Locum did not write uses the credential',
    explanation:
      'It would go on with the old secret, fail, and lock the user. Declare it in the manifest (and adopt it), or give it the new secret yourself right after the rotation, and accept the finding with --accept.',
  },
  {
    code: 'ROTATION_FROZEN',
    title: 'logins fail while consumers go over to the new secret',
    explanation:
      'Somebody uses a wrong secret of the user to whom the consumers are being sent. They stay where they are, since a lock would cut them off. Find who it is, unlock, and rotate again: it goes on.',
  },
  {
    code: 'ROTATION_GAP',
    title: 'consumers are cut off for a moment',
    explanation:
      'There is one secret at a time: between setting it and delivering it consumers are refused, and the Destination service may use what it knows for five minutes more. With `twins: true` nobody is cut off.',
  },
  {
    code: 'ROTATION_GIVEN_REFUSED',
    title: 'what a person made for it is refused',
    explanation:
      'A secret or certificate that was brought from the console does not get a token. It may belong to another client, have been cut off when it was copied, or, as a certificate, not be uploaded yet. Nothing was delivered.',
  },
  {
    code: 'ROTATION_LOCKED',
    title: 'the user is locked after failed logins',
    explanation:
      'Somebody uses a wrong secret. Find who it is, or the lock comes back; then `locum unlock` ends it at once. Locks of the standard and enterprise policies end after an hour by themselves.',
  },
  {
    code: 'ROTATION_NO_CONSUMER',
    title: 'no place gets the new secret from Locum',
    explanation:
      'No destination and no secret store that Locum sees or supplies holds the credential. Who copied the secret by hand has to copy the new one.',
  },
  {
    code: 'ROTATION_NO_SECRET',
    title: 'the vault has no secret to replace',
    explanation: 'Locum has never set it. `locum apply` sets and proves a first one.',
  },
  {
    code: 'ROTATION_SECRET_LOST',
    title: 'the present secret is lost in the vault',
    explanation:
      'Its sealed text was deleted or altered, in OpenBao or in the database, so it never opens again. The rotation makes a new one and delivers it to every place that names the user or is declared; a place that holds the lost secret without naming the user can not be found by it.',
  },
  {
    code: 'ROTATION_NO_SLOT',
    title: 'the service has no room for one more secret',
    explanation: 'A new secret is made beside the old one. Remove secrets that nobody uses, then rotate again.',
  },
  {
    code: 'ROTATION_NO_WAY_BACK',
    title: 'the rotation can only go forward',
    explanation: 'The new secret has been set and the old one has ended. Rotate again: it goes on where it stopped.',
  },
  {
    code: 'ROTATION_OLD_STILL_VALID',
    title: 'the old secret was to be removed, and is still accepted',
    explanation:
      'A person was asked to remove it at the console, and Locum looks by one login whether that was done. Remove it there; the next call looks again.',
  },
  {
    code: 'ROTATION_OUTAGE',
    title: 'after a leak consumers are cut off for a moment',
    explanation:
      'The leaked secret ends first, although it could be valid beside the new one: whoever has it must not have it any longer. Without --compromised the old one is retired last.',
  },
  {
    code: 'ROTATION_PENDING',
    title: 'a secret was sent but not proven',
    explanation: 'A run was interrupted between setting and proving. `locum apply` finds out which secret is valid.',
  },
  {
    code: 'ROTATION_REMOVE_BY_HAND',
    title: 'a secret that nobody uses is left at the console',
    explanation:
      'The rotation went back to the old secret. The new one was made by a person, so only a person can remove it.',
  },
  {
    code: 'ROTATION_STALE_LOGINS',
    title: 'somebody logs in with a wrong secret',
    explanation:
      'Logins of the user fail in a row. After half of what the policy allows Locum begins no rotation and tries no login, since one more mistake could lock the user. The consumers that are likely are named.',
  },
  {
    code: 'ROTATION_STOPPED',
    title: 'the rotation stopped, and goes on with the next call',
    explanation: 'Nothing is lost and nothing is done twice: mend the cause and call `locum rotate` again.',
  },
  {
    code: 'ROTATION_TOKENS_LEFT',
    title: 'tokens of a leaked secret could not be ended',
    explanation:
      'The password was replaced, but whoever logged in with it before still has tokens that work. A freeze takes the roles of the user, without which they reach nothing; a thaw puts them back.',
  },
  {
    code: 'ROTATION_TOKENS_OUT',
    title: 'what was got with a leaked secret ends by itself',
    explanation:
      'Access tokens are accepted until they end, revoked or not, and no service ends sessions in browsers for somebody else.',
  },
  {
    code: 'ROTATION_TOO_SOON',
    title: 'the policy demands a minimum age',
    explanation:
      'The enterprise policy of IAS takes a new password only when the present one is 24 hours old. After a leak, --compromised does not wait for it.',
  },
  {
    code: 'ROTATION_UNMARKED_SLOT',
    title: 'secrets that no rotation made',
    explanation: 'Locum retires only secrets that it made. Those of others stay valid until somebody removes them.',
  },
  {
    code: 'ROTATION_UNPROVEN',
    title: 'the new secret was set, but is not proven',
    explanation:
      'Two logins with it were refused, the second after it was set once more, and the old one has ended; or no login could be tried, since somebody has spent what may fail. `locum doctor` tells the state of the user; mend it, then rotate again.',
  },
  {
    code: 'ROTATION_UNREAD_PLACE',
    title: 'a place could not be looked at',
    explanation:
      'Whether something there uses the credential is unknown, so the rotation may break it. One that is under way ends nothing until it was looked at. Give the connection the right to read it, or accept the finding with --accept.',
  },
  {
    code: 'ROTATION_PLACE_REFUSES',
    title: 'a place would refuse the new secret',
    explanation:
      'The place was asked before anything is changed, and its login there may not write. Give it the right; the finding says which.',
  },
  {
    code: 'ROTATION_SETTLED',
    title: 'a rotation is to be ended',
    explanation:
      'Every consumer has the new secret, and caches are over, but nobody has called `locum rotate` since: the old secret is still valid where several are. `locum rotate --due` on a schedule ends it, too.',
  },
  {
    code: 'ROTATION_WAITS',
    title: 'a person has to do something at a console first',
    explanation:
      'The service has no API for it. The rotation is remembered; do what it says and call `locum rotate` again, with the secret on standard input or on a terminal.',
  },
  {
    code: 'ROTATION_WRITTEN_BACK',
    title: 'somebody writes another secret back into a place',
    explanation:
      'After the wait for caches the place held another secret, was supplied once more, and does so again: a job, a GitOps tool or a second Locum writes there. Nothing is ended while it does.',
  },
];
