import { z } from 'zod';
import { seedId } from '../../../emulation/seed-id.ts';
import type { JsonObject } from '../../../kernel/json.ts';
import { present } from '../../protocols/scim/emulator/document.ts';
import { IAS_SCHEMA, USER_TYPES } from '../wire.ts';
import { registerApplication } from './applications.ts';
import { MAX_EXCLUDED_TERMS } from './exclude-lists.ts';
import { createGroup } from './groups.ts';
import {
  applicationSeed,
  configureApplication,
  credential,
  plantCorporateProviders,
  seededTenant,
  seededTotpSecret,
  tenantSeed,
} from './oidc/seed.ts';
import { passwordPast, withPast } from './password-past.ts';
import { hashingLater } from './planted-passwords.ts';
import { ENTERPRISE, MAX_CUSTOM_POLICIES, STANDARD } from './policies.ts';
import { POLICY_GROUPS } from './policy-groups.ts';
import type { PasswordPolicy } from './rows/tenant-settings.ts';
import { plantAdministrators, seededAdministrator } from './seed-administrators.ts';
import { plantSapId, sapIdSeed } from './seed-sap-id.ts';
import type { Services } from './services.ts';
import { keyIn, type Tenant } from './store.ts';
import { createUser } from './users.ts';

const person = z.strictObject({
  email: z.string(),
  givenName: z.string().optional(),
  familyName: z.string().optional(),
});

const seededUser = person.extend({
  userName: z.string(),
  userType: z.enum(USER_TYPES).default('employee'),
  credential: credential.optional(),
  /** Status of that password. */
  password: z.enum(['enabled', 'initial']).default('enabled'),
  status: z.enum(['new', 'active', 'inactive']).default('active'),
  mailVerified: z.boolean().default(true),
  validTo: z.string().optional(),
  /** `customAttribute1` to `customAttribute10`. */
  customAttributes: z.record(z.string(), z.string()).default({}),
  /** How the password and its use look by now. */
  past: passwordPast.optional(),
  /** Gets the Base32 secret of the user's authenticator app. @default no second factor */
  totp: credential.optional(),
  enforceMfa: z.boolean().optional(),
});

const policy = z.strictObject({
  name: z.string(),
  minLength: z.int().min(8).max(255).default(8),
  characterGroups: z.int().min(1).max(4).default(3),
  minAgeHours: z.int().min(1).max(48).default(24),
  maxAgeMonths: z.int().min(1).max(36).optional(),
  failedAttempts: z.int().min(1).max(6).default(5),
  /** Absent = until an administrator unlocks. */
  lockHours: z.int().min(1).optional(),
  history: z.int().min(5).max(20).default(5),
  unusedMonths: z.int().min(1).max(6).default(6),
  /** @default change when too old, reset when unused */
  whenExceeded: z.enum(['change', 'reset']).optional(),
});

const excluded = z.array(z.string().min(1)).max(MAX_EXCLUDED_TERMS);

const tenant = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]+$/),
  /** @default `<id>.accounts.ondemand.com` */
  host: z
    .string()
    .regex(/^[a-z0-9-]+\.accounts\.(ondemand\.com|cloud\.sap)$/)
    .optional(),
  initialPasswordDays: z.int().min(1).max(365).default(14),
  users: z.array(seededUser).default([]),
  groups: z.array(z.strictObject({ displayName: z.string(), members: z.array(z.string()).default([]) })).default([]),
  administrators: z.array(seededAdministrator).default([]),
  /** "Authorizations based on policies", which technical users need. */
  policyAuthorizations: z.boolean().default(false),
  /** Subaccount to whose audit log the tenant writes, by subdomain of the global account and display name. @default none */
  auditLog: z.strictObject({ globalAccount: z.string(), subaccount: z.string() }).optional(),
  policies: z.array(policy).max(MAX_CUSTOM_POLICIES).default([]),
  /** Terms that addresses, names and passwords may not hold. */
  excluded: z.strictObject({ emails: excluded, names: excluded, passwords: excluded }).partial().optional(),
  /** Applications beside those that trusts register, and the configuration of those; the console and the profile have names, too. */
  applications: z
    .array(
      z.strictObject({
        name: z.string(),
        /** Credentials that get its client id and secret. @default none does */
        clientId: credential.optional(),
        clientSecret: credential.optional(),
        /** `Standard`, `Enterprise` or the name of a custom policy. */
        policy: z.string().default('Standard'),
        ...applicationSeed,
      }),
    )
    .default([]),
  ...tenantSeed,
});

/** Part `ias` of a landscape seed. Passwords are names of credentials. */
export const iasSeed = z
  .strictObject({
    tenants: z.array(tenant).default([]),
    sapId: sapIdSeed.default({ users: [], universalIds: [] }),
  })
  .default({ tenants: [], sapId: { users: [], universalIds: [] } });
type Seed = z.infer<typeof iasSeed>;

export async function plant(running: Services, seed: Seed): Promise<void> {
  // A seed says what is there already; switches say how the services behave from now on.
  const services = hashingLater({ ...running, ctx: { ...running.ctx, switched: (_name, fallback) => fallback } });
  for (const part of seed.tenants) await plantTenant(services, part);
  plantCorporateProviders(services, seed.tenants);
  await plantSapId(services, seed.sapId);
}

async function plantTenant(services: Services, part: Seed['tenants'][number]): Promise<void> {
  const { ctx, store } = services;
  const customPolicies = part.policies.map((custom, index) => customPolicy(part.id, custom, index));
  const planted: Tenant = {
    id: part.id,
    host: part.host ?? `${part.id}.accounts.ondemand.com`,
    kind: 'ias',
    initialPasswordDays: part.initialPasswordDays,
    customPolicies,
    policyAuthorizations: part.policyAuthorizations,
    ...(part.auditLog === undefined ? {} : { auditLog: part.auditLog }),
    ...(part.excluded === undefined ? {} : { excluded: present(part.excluded) }),
    ...(await seededTenant(services, part)),
  };
  store.tenants.set(planted.id, planted);
  const registered = part.applications.map(({ name, clientId, clientSecret, policy: wanted, ...settings }) => {
    const known = [STANDARD, ENTERPRISE, ...customPolicies].find((one) => one.name === wanted);
    if (!known) throw new TypeError(`tenant ${part.id} has no password policy '${wanted}'`);
    const secret = passwordOf(services, clientSecret);
    const application = registerApplication(services, planted, {
      name,
      policy: known.uri,
      ...(secret === undefined ? {} : { clientSecret: secret }),
    });
    if (clientId !== undefined) ctx.credentials.keep(clientId, application.clientId);
    return { application, settings };
  });
  // Applications name each other.
  for (const { application, settings } of registered) {
    await configureApplication(services, planted, application, settings);
  }
  const ids = new Map<string, string>();
  for (const user of part.users) {
    const id = seedId('ias', part.id, user.userName);
    ids.set(user.userName, id);
    const attributes = Object.entries(user.customAttributes).map(([name, value]) => ({ name, value }));
    const document = present({
      ...named(user),
      userName: user.userName,
      userType: user.userType,
      password: passwordOf(services, user.credential),
      [IAS_SCHEMA.sap]: present({
        status: user.status,
        mailVerified: user.mailVerified,
        sendMail: false,
        validTo: user.validTo,
        enforceMfa: user.enforceMfa,
        passwordDetails: user.credential === undefined ? undefined : { status: user.password },
      }),
      [IAS_SCHEMA.custom]: attributes.length === 0 ? undefined : { attributes },
    });
    let created = await createUser(services, planted, document, { id });
    if (user.past) created = withPast(created, user.past, planted, ctx.now());
    if (user.totp !== undefined) {
      created = { ...created, totp: { secret: seededTotpSecret(services, user.totp), confirmedAt: ctx.now() } };
    }
    store.users.set(keyIn(part.id, id), created);
  }
  plantAdministrators(services, planted, part.administrators, ids);
  const policyGroups = part.policyAuthorizations
    ? POLICY_GROUPS.map((name) => ({ displayName: name, members: [] }))
    : [];
  const seeded = new Set(part.groups.map((group) => group.displayName));
  for (const { displayName, members } of [
    ...policyGroups.filter((one) => !seeded.has(one.displayName)),
    ...part.groups,
  ]) {
    createGroup(services, planted, {
      displayName,
      members: members.map((name: string) => ({ value: ids.get(name) ?? name })),
    });
  }
}

function named({ email, givenName, familyName }: z.infer<typeof person>): JsonObject {
  return {
    name: present({ givenName, familyName }),
    displayName: [givenName, familyName].filter(Boolean).join(' '),
    emails: [{ value: email, type: 'work', primary: true }],
  };
}

function passwordOf({ ctx }: Services, name: string | undefined): string | undefined {
  return name === undefined ? undefined : ctx.credentials.password(name);
}

/** Custom policies are expected to be the strongest, no two equal (ias 67bece2); the form of their URI is assumed. */
function customPolicy(tenantId: string, custom: z.infer<typeof policy>, index: number): PasswordPolicy {
  const { maxAgeMonths, lockHours, whenExceeded, ...rest } = custom;
  return {
    ...rest,
    uri: `https://accounts.sap.com/policy/passwords/${tenantId}/${encodeURIComponent(custom.name)}/1.0`,
    strength: ENTERPRISE.strength + 1 + index,
    ...(maxAgeMonths === undefined ? {} : { maxAgeMonths }),
    ...(lockHours === undefined ? {} : { lockHours }),
    ...(whenExceeded === undefined ? {} : { whenExceeded }),
  };
}
