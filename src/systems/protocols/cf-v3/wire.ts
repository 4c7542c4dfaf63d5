import { z } from 'zod';

/** Role types of an org (CF API v3 reference, "Valid role types"). */
export const ORG_ROLES = [
  'organization_user',
  'organization_auditor',
  'organization_manager',
  'organization_billing_manager',
] as const;
export type OrgRole = (typeof ORG_ROLES)[number];

/** Role types of a space. */
export const SPACE_ROLES = ['space_auditor', 'space_developer', 'space_manager', 'space_supporter'] as const;
export type SpaceRole = (typeof SPACE_ROLES)[number];

/** Largest page that the Cloud Controller gives (cloud_controller_ng, list_message.rb). */
export const MAX_PER_PAGE = 5000;

const link = z.looseObject({ href: z.string() });
const optionalLink = link.nullish();

/** `GET /`: where the other services of the landscape are (cloud_controller_ng 3.188; recorded). */
export const root = z.looseObject({
  links: z.looseObject({
    self: link,
    cloud_controller_v3: z.looseObject({ href: z.string(), meta: z.looseObject({ version: z.string() }) }),
    login: link,
    uaa: link,
    network_policy_v1: optionalLink,
    routing: optionalLink,
    logging: optionalLink,
    log_cache: optionalLink,
    app_ssh: z
      .looseObject({ href: z.string(), meta: z.looseObject({ oauth_client: z.string().optional() }).optional() })
      .nullish(),
  }),
});
export type Root = z.infer<typeof root>;

/** Errors of the Cloud Controller; `title` is the stable name, `detail` prose. */
export const apiErrors = z.looseObject({
  errors: z.array(z.looseObject({ code: z.number(), title: z.string(), detail: z.string() })).min(1),
});

const toOne = z.looseObject({ data: z.looseObject({ guid: z.string() }).nullable() });

export const organization = z.looseObject({ guid: z.string(), name: z.string(), suspended: z.boolean().optional() });

export const space = z.looseObject({
  guid: z.string(),
  name: z.string(),
  relationships: z.looseObject({ organization: toOne }),
});

export const role = z.looseObject({
  guid: z.string(),
  type: z.string(),
  relationships: z.looseObject({ user: toOne, organization: toOne, space: toOne }),
});

/** `username` and `origin` are null when UAA does not know the guid (clients, deleted users). */
export const user = z.looseObject({
  guid: z.string(),
  username: z.string().nullable(),
  presentation_name: z.string(),
  origin: z.string().nullable(),
});

export const job = z.looseObject({
  guid: z.string(),
  operation: z.string(),
  state: z.enum(['PROCESSING', 'POLLING', 'COMPLETE', 'FAILED']),
  errors: z.array(z.looseObject({ title: z.string(), detail: z.string(), code: z.number() })),
});

/** A page of a list; `included` carries what `include=` asked for. */
export function pageOf<T extends z.ZodType>(resource: T) {
  return z.looseObject({
    pagination: z.looseObject({
      total_results: z.number(),
      total_pages: z.number(),
      next: link.nullable(),
    }),
    resources: z.array(resource),
    included: z.looseObject({ users: z.array(user).optional() }).optional(),
  });
}

/** Body of `POST /v3/roles`. A user is named by guid, or by name and origin. */
export const newRole = z.strictObject({
  type: z.string(),
  relationships: z.strictObject({
    user: z.strictObject({
      data: z.strictObject({
        guid: z.string().optional(),
        username: z.string().optional(),
        origin: z.string().optional(),
      }),
    }),
    organization: z.strictObject({ data: z.strictObject({ guid: z.string() }) }).optional(),
    space: z.strictObject({ data: z.strictObject({ guid: z.string() }) }).optional(),
  }),
});
export type NewRole = z.infer<typeof newRole>;

/**
 * One value of a comma-separated query list. The Cloud Controller percent-decodes each value after splitting, so a
 * comma or percent sign inside a value is encoded once more (cloud_controller_ng, list_message.rb).
 */
export function listValue(value: string): string {
  return value.replaceAll('%', '%25').replaceAll(',', '%2C');
}

/** Claims that UAA puts into access tokens of users (UAA source, UaaTokenServices). */
export const accessTokenClaims = z.looseObject({
  exp: z.number(),
  iss: z.string(),
  scope: z.array(z.string()).default([]),
  client_id: z.string().optional(),
  user_id: z.string().optional(),
  user_name: z.string().optional(),
  origin: z.string().optional(),
});
