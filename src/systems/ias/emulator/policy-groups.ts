/** Packages of policies; only `technical_users` is documented (ias 885320d), the others are assumed in its image. */
const PACKAGES = ['users', 'groups', 'scim_schemas', 'technical_users'] as const;

/** Groups through which policies are assigned: `technical_users - MANAGE_TECHNICAL_USERS` (ias 885320d). */
export const POLICY_GROUPS: readonly string[] = PACKAGES.flatMap((one) =>
  ['CREATE', 'READ', 'UPDATE', 'DELETE', 'MANAGE'].map((verb) => `${one} - ${verb}_${one.toUpperCase()}`),
);
