import type { FindingKind } from '../../kernel/finding.ts';

/** Why an assignment can't be made. */
export const authzFindings = {
  unknownCollection: {
    code: 'AUTHZ_ROLE_COLLECTION_UNKNOWN',
    title: 'There is no such role collection',
    explanation:
      'Every global account, directory and subaccount has role collections of its own, and nothing is inherited: a collection that exists in one subaccount, or in the global account, does not exist in the next. Correct the name, or create the collection there first.',
  },
  directoryWithoutUsers: {
    code: 'AUTHZ_DIRECTORY_WITHOUT_USERS',
    title: 'The directory does not manage users',
    explanation:
      'Only directories with the feature "User and Role Management" (AUTHORIZATIONS) have users and role collections. Enable it in the cockpit, or grant in the subaccounts below.',
  },
  noDirectory: {
    code: 'AUTHZ_DIRECTORY_UNKNOWN',
    title: 'There is no such directory',
    explanation: 'A grant names a directory, by name or glob, that the global account does not have.',
  },
  notAssigned: {
    code: 'AUTHZ_NOT_ASSIGNED',
    title: 'A declared role collection is not assigned',
    explanation: 'The manifest grants a role collection that the user does not hold there. `locum apply` assigns it.',
  },
  cliLogin: {
    code: 'AUTHZ_BTP_CLI_LOGIN',
    title: 'The user cannot log in at the BTP command-line server',
    explanation:
      'The server gives one answer for a wrong password, a locked user, an initial password and a second factor. The checks of the identity provider, further up in the chain, tell them apart. A user without any role collection in the global account is refused, too.',
  },
} as const satisfies Record<string, FindingKind>;

/** L-20. */
export const broadCollection: FindingKind = {
  code: 'AUTHZ_BROAD_ROLE_COLLECTION',
  title: 'A technical user holds an administrator role collection',
  explanation:
    'Administrator role collections let their holder manage users, which includes giving itself more rights. Single-purpose collections (Destination Administrator, Subaccount Service Administrator, …) or one of your own hold what a robot needs.',
};

/** L-35. */
export const customInDirectory: FindingKind = {
  code: 'AUTHZ_CUSTOM_COLLECTION_IN_DIRECTORY',
  title: 'A role collection of your own in a directory',
  explanation:
    'SAP documents that directories have Directory Administrator and Directory Viewer only; the command-line server creates others all the same, and nothing says what they are good for. Grant in the subaccounts below instead.',
};
