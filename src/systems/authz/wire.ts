import { z } from 'zod';

/** A page of `security/role-collection?get` with `showUserAssignments` (recording …_with_user_assignments). */
export const assignmentPage = z.looseObject({
  count: z.number(),
  totalPages: z.number(),
  items: z.array(
    z.looseObject({
      id: z.string(),
      username: z.string(),
      email: z.string().nullish(),
      origin: z.string(),
    }),
  ),
});

/** `security/role-collection?list`. */
export const roleCollectionList = z.array(z.looseObject({ name: z.string(), isReadOnly: z.boolean().optional() }));

/** `security/user?get`, and the answer to assign and unassign: the user after the change. */
export const userView = z.looseObject({
  id: z.string(),
  username: z.string(),
  origin: z.string(),
  version: z.number().optional(),
  roleCollections: z.array(z.string()).default([]),
});

/** `security/user?list`: bare names. */
export const userNameList = z.array(z.string());

/** What of `security/trust?list` says whose users an origin key names. */
export const trustRows = z.array(z.looseObject({ originKey: z.string(), identityProvider: z.string().nullish() }));
