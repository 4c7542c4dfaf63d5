import type { FindingKind } from '../finding.ts';

/** What can stand against the end of a technical user, and what apply says about one that is held. */
export const lifecycleFindings = {
  foreignUse: {
    code: 'OFFBOARD_FOREIGN_USE',
    title: 'somebody else’s destination logs in as this user',
    explanation:
      'The place does not carry our mark, so Locum leaves it alone, and it breaks when the user goes. Give it another user, or accept the breakage with --leave-foreign.',
  },
  unread: {
    code: 'OFFBOARD_UNREAD',
    title: 'a place could not be looked at',
    explanation:
      'Whether the user is used there is unknown, so nobody can say that it is gone everywhere. Mend the access, or accept what may be left with --leave-unread.',
  },
  kept: {
    code: 'OFFBOARD_NOT_REMOVABLE',
    title: 'something of the user can not be removed',
    explanation:
      'The last administrator of an account stays, a user without our mark is not ours to delete, and a role type that is newer than this program is left alone. The finding names the reason.',
  },
  declared: {
    code: 'OFFBOARD_STILL_DECLARED',
    title: 'the user to be offboarded stands in the manifest',
    explanation:
      'Apply leaves it alone until its entry has left the manifest. If the entry shall stay, `locum thaw NAME` lets apply make the user again.',
  },
  frozen: {
    code: 'USER_FROZEN',
    title: 'the technical user is frozen',
    explanation:
      'It was taken out of service by `locum freeze`: inactive at its identity provider and without roles. Plan and apply leave it alone until `locum thaw NAME` puts back what was taken.',
  },
  offboarded: {
    code: 'USER_OFFBOARDED',
    title: 'the technical user was offboarded, but the manifest still declares it',
    explanation:
      'Plan and apply do not make it again. Remove its entry from the manifest; or, if it shall come back, run `locum thaw NAME`.',
  },
  grace: {
    code: 'MIGRATION_GRACE',
    title: 'the predecessor of a technical user still has its rights',
    explanation:
      'After a migration the old user keeps its rights for a while, for consumers that nobody knew of. `locum migrate --finish` takes them away when the time is over.',
  },
  byHand: {
    code: 'MIGRATION_BY_HAND',
    title: 'a place that names the old user has to be changed by hand',
    explanation:
      'Locum writes destinations to the CF API and to the deploy service. Any other place has a convention that it does not know; give it the new user there.',
  },
  ownLogin: {
    code: 'MIGRATION_OWN_LOGIN',
    title: 'Locum itself logs in with the user that would lose its rights',
    explanation:
      'The connections of the manifest name it. Without its rights Locum could do nothing more, not even give them back: give the connections another user first.',
  },
  rightsMissing: {
    code: 'MIGRATION_RIGHTS_MISSING',
    title: 'the new user lacks a right that the old one has',
    explanation:
      'What works today with the old user may need it. Declare it for the new user, or leave it out on purpose: less is better.',
  },
} as const satisfies Record<string, FindingKind>;
