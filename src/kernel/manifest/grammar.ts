import { z } from 'zod';
import type { Section } from '../system.ts';
import { selectorSchema } from './selector.ts';

/** A reference to a secret, as manifests write it. */
export const secretRefSchema = z
  .string()
  .regex(/^(env|file|vault):.+$/, 'a secret is referred to, never written inline: env:NAME, file:PATH or vault:NAME')
  .describe('env:NAME, file:PATH (relative to this file) or vault:NAME');

const word = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]*$/, 'letters, digits, dot, dash and underscore only')
  .max(100);

const host = z
  .string()
  .regex(/^[a-z0-9][a-z0-9.-]*\.[a-z]{2,}$/, 'a host name without scheme or path, in lower case')
  .describe('Host of the IAS tenant, e.g. acme.accounts.ondemand.com');

const identityProvider = z.strictObject({
  name: word,
  host,
  originKey: z
    .string()
    .regex(
      /^[A-Za-z0-9_-]{1,27}-platform$/,
      'an origin key of a platform trust ends in -platform and has at most 36 characters',
    )
    .describe('Origin key of the platform trust'),
  trust: z.enum(['expect', 'establish']).default('expect').describe('Whether apply may establish a missing trust'),
});

const day = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}$/, 'a day as YYYY-MM-DD')
  .refine(isDay, 'no such day in the calendar');

const HOUR = 3_600_000;

/** `60d` or `12h`, as milliseconds. */
const duration = z
  .string()
  .regex(/^[1-9]\d{0,4}[dh]$/, 'a duration in days or hours, such as 60d or 12h')
  .transform((text) => Number.parseInt(text, 10) * (text.endsWith('d') ? 24 * HOUR : HOUR));

const rotation = z
  .strictObject({ every: duration.describe('Age at which `locum rotate --due` replaces the credential') })
  .optional()
  .describe('How often the credential is replaced');

/** The entries of `credentials`: one shape for each kind that the slices know. */
function credentialsSchema(sections: readonly Section[]) {
  const kinds = sections.flatMap((section) => Object.entries(section.credentialKinds ?? {}));
  const shapes = kinds.map(([kind, keys]) =>
    z.strictObject({
      name: word.describe('Unique in the manifest; kept in the vault as <manifest>/<name>'),
      kind: z.literal(kind),
      owner: z.string().min(1).describe('Who answers for it: a person or a team'),
      purpose: z.string().min(1).describe('What it is for'),
      rotation,
      ...merged(sections, 'credential'),
      ...keys,
    }),
  );
  const [first, ...others] = shapes;
  return first ? z.array(z.discriminatedUnion('kind', [first, ...others])).default([]) : z.tuple([]).default([]);
}

/** `Date.parse` takes 2027-02-30 for 2 March. */
function isDay(text: string): boolean {
  const time = Date.parse(text);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

/** The strict grammar of a manifest: the kernel's keys and those of the slices' sections. */
export function manifestSchema(sections: readonly Section[]) {
  const grant = z
    .strictObject({
      globalAccount: z.literal(true).optional().describe('Grants on the global account itself'),
      directory: z.string().optional().describe('Grants on directories with user management, by name or glob'),
      subaccounts: selectorSchema.optional(),
      ...merged(sections, 'grant'),
    })
    .refine(
      (entry) =>
        [entry.globalAccount, entry.directory, entry.subaccounts].filter((place) => place !== undefined).length === 1,
      'a grant says where: exactly one of subaccounts, directory, globalAccount',
    );

  const technicalUser = z
    .strictObject({
      name: word.describe('IAS login name; unique in the manifest'),
      kind: z.literal('ias-user').default('ias-user').describe('Which kind of technical user (docs/concepts.md)'),
      identityProvider: word
        .optional()
        .describe('Name of an identity provider; may be left out when there is one only'),
      email: z
        .string()
        .regex(/^[^@\s<>:]+@[^@\s<>:]+$/, 'an e-mail address')
        .optional()
        .describe('Names the user on every BTP level; default <name>@sap-test.de'),
      owner: z.string().min(1).describe('Who answers for this user: a person or a team'),
      purpose: z.string().min(1).describe('What the user is for'),
      expires: day.optional().describe('Last day of the user (UTC)'),
      grants: z.array(grant).default([]),
      twins: z
        .boolean()
        .default(false)
        .describe('Two users, <name>-a and <name>-b: one in use, one standing by, so that a rotation cuts nobody off'),
      rotation,
      ...merged(sections, 'user'),
    })
    .describe('A technical user');

  return z.strictObject({
    locum: z.literal(1).describe('Version of the manifest format'),
    name: word.describe('Name of the manifest; part of the ownership marks'),
    include: z
      .array(z.string())
      .optional()
      .describe('More manifest files whose technicalUsers are added, relative to this one'),
    globalAccount: z.string().min(1).describe('Subdomain of the global account'),
    connections: z.strictObject(merged(sections, 'connections')),
    identityProviders: z.array(identityProvider).min(1),
    technicalUsers: z.array(technicalUser).default([]),
    credentials: credentialsSchema(sections).describe('Credentials that belong to no user, such as service keys'),
  });
}

/** The grammar of an included file: technical users only. */
export function includedSchema(sections: readonly Section[]) {
  const { locum, technicalUsers } = manifestSchema(sections).shape;
  return z.strictObject({ locum, technicalUsers });
}

/** JSON Schema (draft 2020-12) of the manifest, for editors. */
export function manifestJsonSchema(sections: readonly Section[]): Readonly<Record<string, unknown>> {
  return {
    title: 'Locum manifest',
    ...z.toJSONSchema(manifestSchema(sections), { io: 'input', unrepresentable: 'any' }),
  };
}

function merged(
  sections: readonly Section[],
  place: 'connections' | 'user' | 'grant' | 'credential',
): Record<string, z.ZodType> {
  return Object.assign({}, ...sections.map((section) => section[place] ?? {}));
}
