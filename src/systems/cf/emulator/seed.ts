import { z } from 'zod';
import type { EmulatorContext } from '../../../emulation/emulator.ts';
import { seedId } from '../../../emulation/seed-id.ts';
import { NO_METADATA } from '../../protocols/cf-v3/emulator/metadata.ts';
import { ORG_ROLES, SPACE_ROLES } from '../../protocols/cf-v3/wire.ts';
import { plantCatalogue } from './cloud-controller/catalogue.ts';
import { quotaNamed } from './cloud-controller/quotas/limits.ts';
import { addRole } from './cloud-controller/roles/roles.ts';
import type { CfOrg } from './cloud-controller/rows/organizations.ts';
import { plantApp, seededApp } from './cloud-controller/seeded-apps.ts';
import type { CloudControllerStore } from './cloud-controller/store.ts';
import type { Landscapes } from './landscapes.ts';
import { builtInClients } from './uaa/clients/clients.ts';
import { hashSecret } from './uaa/clients/hashes.ts';
import { addExternalMapping, addMembership, groupNamed, plantGroups } from './uaa/groups.ts';
import { addShadowUser } from './uaa/login/shadow-users.ts';
import type { UaaClient } from './uaa/rows.ts';
import type { UaaStore } from './uaa/store.ts';

const grantedRoles = z.strictObject({
  /** User name: the e-mail. */
  user: z.string(),
  origin: z.string().default('sap.ids'),
  /** `organization_user` comes with any role, as the BTP cockpit gives it. */
  orgRoles: z.array(z.enum(ORG_ROLES)).default([]),
  /** By space name. */
  spaceRoles: z.record(z.string(), z.array(z.enum(SPACE_ROLES))).default({}),
});

/** The part `cf` of a landscape seed. */
export const cfSeed = z
  .strictObject({
    landscapes: z
      .array(
        z.strictObject({
          name: z.string(),
          region: z.string(),
          /** Seconds. */
          accessTokenValidity: z.number().int().positive().default(1200),
          /** Calls per hour and user. */
          rateLimit: z.number().int().positive().default(20_000),
          /** Days after which UAA signs with a new key. */
          tokenKeyDays: z.number().int().positive().optional(),
          /** Of the internal users; names as in UAA's configuration. */
          passwordPolicy: z
            .strictObject({
              minLength: z.number().int().min(0).optional(),
              maxLength: z.number().int().min(1).optional(),
              requireUpperCaseCharacter: z.number().int().min(0).optional(),
              requireLowerCaseCharacter: z.number().int().min(0).optional(),
              requireDigit: z.number().int().min(0).optional(),
              requireSpecialCharacter: z.number().int().min(0).optional(),
              expirePasswordInMonths: z.number().int().min(0).optional(),
            })
            .optional(),
        }),
      )
      .default([]),
    orgs: z
      .array(
        z.strictObject({
          name: z.string(),
          /** Display name. */
          subaccount: z.string(),
          /** Subdomain. */
          globalAccount: z.string(),
          landscape: z.string(),
          quota: z.string().default('SUBSCRIPTION_QUOTA'),
          spaces: z.array(z.string()).default([]),
          apps: z.array(seededApp).default([]),
          roles: z.array(grantedRoles).default([]),
        }),
      )
      .default([]),
    /** Internal users of a UAA (origin `uaa`). */
    uaaUsers: z
      .array(
        z.strictObject({
          landscape: z.string(),
          userName: z.string(),
          /** Name of the credential that holds the password. */
          password: z.string(),
          /** Groups beside the default ones, e.g. `cloud_controller.admin`. */
          groups: z.array(z.string()).default([]),
          verified: z.boolean().default(true),
          active: z.boolean().default(true),
          passwordChangeRequired: z.boolean().default(false),
        }),
      )
      .default([]),
    /** Groups of identity providers that stand for groups of a UAA. */
    externalGroups: z
      .array(
        z.strictObject({ landscape: z.string(), origin: z.string(), externalGroup: z.string(), group: z.string() }),
      )
      .default([]),
    /** OAuth clients beside `cf`. */
    uaaClients: z
      .array(
        z.strictObject({
          landscape: z.string(),
          id: z.string(),
          /** Name of the credential that holds the secret. */
          secret: z.string(),
          grantTypes: z.array(z.string()),
          scopes: z.array(z.string()).default([]),
          authorities: z.array(z.string()).default([]),
          allowedProviders: z.array(z.string()).optional(),
          redirectUris: z.array(z.string()).optional(),
          /** Scopes that users need not approve; `true` = all. */
          autoApprove: z.array(z.string()).optional(),
          /** Code with PKCE and refresh without the secret. */
          allowPublic: z.boolean().optional(),
          requiredUserGroups: z.array(z.string()).optional(),
        }),
      )
      .default([]),
  })
  .prefault({});
export type CfSeed = z.infer<typeof cfSeed>;

interface Stores {
  readonly landscapes: Landscapes;
  readonly uaa: UaaStore;
  readonly cloudController: CloudControllerStore;
}

/** Plants a seed; GUIDs follow from names, so that they stay the same across resets. */
export async function plant(seed: CfSeed, ctx: EmulatorContext, stores: Stores): Promise<void> {
  const { landscapes, uaa } = stores;
  for (const landscape of seed.landscapes) {
    landscapes.set(landscape.name, landscape);
    plantCatalogue(stores.cloudController, landscape.name, ctx.now());
    uaa.keysChangedAt.set(landscape.name, ctx.now());
    plantGroups(uaa, ctx, landscape.name);
    for (const client of builtInClients(landscape.name)) uaa.saveClient(client);
  }
  for (const client of seed.uaaClients) {
    const secret = await hashSecret(ctx.credentials.password(client.secret), ctx);
    // Parsed JSON: what is absent has no key.
    uaa.saveClient({ ...(client as UaaClient), secret, lastModifiedAt: ctx.now() });
  }
  for (const user of seed.uaaUsers) {
    const { landscape, userName, password, groups, ...rest } = user;
    const id = seedId('cf/user', landscape, 'uaa', userName.toLowerCase());
    const row = addShadowUser(uaa, ctx, { landscape, origin: 'uaa', id }, userName);
    uaa.save({ ...row, ...rest, password: await hashSecret(ctx.credentials.password(password), ctx) });
    for (const name of groups) {
      const group = groupNamed(uaa, ctx, landscape, name).id;
      addMembership(uaa, { landscape, group, member: id, type: 'USER', origin: 'uaa' });
    }
  }
  for (const { landscape, origin, externalGroup, group: name } of seed.externalGroups) {
    addExternalMapping(uaa, {
      landscape,
      group: groupNamed(uaa, ctx, landscape, name).id,
      externalGroup: externalGroup.toLowerCase(),
      origin,
    });
  }
  for (const org of seed.orgs) plantOrg(org, ctx, stores);
}

function plantOrg(seed: CfSeed['orgs'][number], ctx: EmulatorContext, { uaa, cloudController }: Stores): void {
  const { landscape } = seed;
  const now = ctx.now();
  const row = { landscape, createdAt: now, updatedAt: now };
  const quota = quotaNamed({ ctx, store: cloudController }, landscape, seed.quota);
  const subaccount = ctx.world.use('accounts').subaccountByName(seed.globalAccount, seed.subaccount);
  if (!subaccount) throw new Error(`seed: no subaccount '${seed.subaccount}' for the org '${seed.name}'`);
  const org: CfOrg = {
    ...row,
    guid: seedId('cf/org', landscape, seed.name),
    name: seed.name,
    suspended: false,
    quota: quota.guid,
    subaccount: subaccount.guid,
    metadata: NO_METADATA,
  };
  cloudController.orgs.set(org.guid, org);
  const spaces = new Map(
    seed.spaces.map((name) => {
      const guid = seedId('cf/space', org.guid, name);
      cloudController.spaces.set(guid, { ...row, guid, name, org: org.guid, ssh: true, metadata: NO_METADATA });
      return [name, guid];
    }),
  );
  for (const app of seed.apps) {
    const space = spaces.get(app.space);
    if (space === undefined) throw new Error(`seed: no space '${app.space}' in the org '${seed.name}'`);
    plantApp(cloudController, app, { ...row, space });
  }
  for (const granted of seed.roles) {
    const { origin } = granted;
    const id = seedId('cf/user', landscape, origin, granted.user.toLowerCase());
    const user = addShadowUser(uaa, ctx, { landscape, origin, id }, granted.user).id;
    for (const type of new Set(['organization_user', ...granted.orgRoles])) {
      addRole({ ctx, store: cloudController }, landscape, { type, user, org: org.guid }, seedId(org.guid, user, type));
    }
    for (const [name, types] of Object.entries(granted.spaceRoles)) {
      const space = spaces.get(name);
      if (space === undefined) throw new Error(`seed: no space '${name}' in the org '${seed.name}'`);
      for (const type of types) {
        addRole({ ctx, store: cloudController }, landscape, { type, user, space }, seedId(space, user, type));
      }
    }
  }
}
