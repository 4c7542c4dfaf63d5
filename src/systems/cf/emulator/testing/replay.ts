import { z } from 'zod';
import type { Emulators } from '../../../../emulation/compose.ts';
import { type Metadata, NO_METADATA } from '../../../protocols/cf-v3/emulator/metadata.ts';
import type { CfOrg, CfSpace } from '../cloud-controller/rows.ts';
import { openCloudControllerStore } from '../cloud-controller/store.ts';
import { openUaaStore } from '../uaa/store.ts';
import type { Interaction } from './recordings.ts';

/** Name of the landscape on which recordings are replayed. */
export const REPLAY = 'eu10-004';

const metadata = z
  .looseObject({ labels: z.record(z.string(), z.string()), annotations: z.record(z.string(), z.string()) })
  .transform(({ labels, annotations }): Metadata => ({ labels, annotations }));
const toOne = z.looseObject({ data: z.looseObject({ guid: z.string() }).nullable() });
const row = z.looseObject({
  guid: z.string(),
  created_at: z.string(),
  updated_at: z.string(),
  name: z.string().optional(),
  type: z.string().optional(),
  username: z.string().nullable().optional(),
  origin: z.string().nullable().optional(),
  suspended: z.boolean().optional(),
  metadata: metadata.optional(),
  relationships: z
    .looseObject({
      organization: toOne.optional(),
      space: toOne.optional(),
      user: toOne.optional(),
      quota: toOne.optional(),
    })
    .optional(),
});
type Recorded = z.infer<typeof row>;

const body = z.union([
  z.looseObject({ resources: z.array(row), included: z.record(z.string(), z.array(row)).optional() }),
  row.and(z.looseObject({ included: z.record(z.string(), z.array(row)).optional() })),
]);

/** Plants what a recorded answer of a read shows to exist. What is there already stays as it is. */
export interface Planter {
  plant(read: Interaction): void;
  /** Takes away the orgs of the seed, with all in them. */
  clear(): void;
  /** An org that answers only mention by GUID. */
  org(guid: string, name?: string): void;
  space(guid: string, name: string, org: string): void;
  user(guid: string, name: string | null, origin: string | null): void;
  /** A user of UAA that the Cloud Controller has not seen. */
  uaaUser(guid: string, name: string, origin: string): void;
  role(guid: string, type: string, user: string, place: { readonly org?: string; readonly space?: string }): void;
}

export function createPlanter(emulators: Emulators): Planter {
  const cloudController = openCloudControllerStore(emulators.state);
  const uaa = openUaaStore(emulators.state);
  const landscape = REPLAY;
  const start = { landscape, createdAt: emulators.now(), updatedAt: emulators.now() };
  const times = (recorded: Recorded) => ({
    createdAt: Date.parse(recorded.created_at),
    updatedAt: Date.parse(recorded.updated_at),
  });

  const planter: Planter = {
    clear() {
      for (const collection of [cloudController.orgs, cloudController.spaces, cloudController.roles]) {
        for (const guid of [...collection.keys()]) collection.delete(guid);
      }
    },
    org(guid, name = guid) {
      if (cloudController.orgs.get(guid)) return;
      const org: CfOrg = { ...start, guid, name, suspended: false, quota: 'quota', metadata: NO_METADATA };
      cloudController.orgs.set(guid, org);
    },
    space(guid, name, org) {
      if (cloudController.spaces.get(guid)) return;
      planter.org(org);
      const space: CfSpace = { ...start, guid, name, org, ssh: true, metadata: NO_METADATA };
      cloudController.spaces.set(guid, space);
    },
    user(guid, name, origin) {
      cloudController.ensureUser(landscape, guid, emulators.now());
      if (name !== null && origin !== null) planter.uaaUser(guid, name, origin);
    },
    uaaUser(guid, name, origin) {
      if (uaa.user(landscape, guid)) return;
      const known = { id: guid, landscape, userName: name, email: name, origin, verified: true, active: true };
      const times = { createdAt: 0, lastModifiedAt: 0, passwordLastModifiedAt: 0 };
      uaa.save({ ...known, ...times, salt: 'salt', version: 0 });
    },
    role(guid, type, user, place) {
      if (!cloudController.roles.get(guid)) cloudController.roles.set(guid, { ...start, guid, type, user, ...place });
    },
    plant({ url, response_body }) {
      const parsed = body.safeParse(response_body);
      if (!parsed.success) return;
      const { pathname } = new URL(url);
      const [, , collection = '', owner = '', members] = pathname.split('/');
      const kind = members === 'users' ? 'users' : collection;
      const shown = 'resources' in parsed.data ? (parsed.data.resources as Recorded[]) : [parsed.data as Recorded];
      for (const recorded of shown) plantRow(kind, recorded);
      for (const [of, rows] of Object.entries(parsed.data.included ?? {})) {
        for (const recorded of rows as Recorded[]) plantRow(of, recorded);
      }
      if (members === 'users') plantMembers(collection, owner, shown);
    },
  };

  function plantMembers(collection: string, owner: string, shown: readonly Recorded[]): void {
    if (collection === 'organizations') planter.org(owner);
    else planter.space(owner, owner, `org of ${owner}`);
    for (const { guid } of shown) {
      // Which role makes somebody a member is not shown; any does.
      if (collection === 'organizations') planter.role(`${owner} ${guid}`, 'organization_user', guid, { org: owner });
      else planter.role(`${owner} ${guid}`, 'space_developer', guid, { space: owner });
    }
  }

  function plantRow(kind: string, recorded: Recorded): void {
    const { guid, relationships } = recorded;
    if (kind === 'organizations') {
      planter.org(guid);
      const known = cloudController.orgs.get(guid);
      if (!known) return;
      const { name = guid, suspended = false } = recorded;
      const quota = relationships?.quota?.data?.guid ?? '';
      const stored = recorded.metadata ?? NO_METADATA;
      cloudController.orgs.set(guid, { ...known, ...times(recorded), name, suspended, quota, metadata: stored });
    }
    if (kind === 'spaces') {
      planter.space(guid, recorded.name ?? guid, relationships?.organization?.data?.guid ?? '');
      const known = cloudController.spaces.get(guid);
      const stored = recorded.metadata ?? NO_METADATA;
      if (known) {
        const name = recorded.name ?? guid;
        cloudController.spaces.set(guid, { ...known, ...times(recorded), name, metadata: stored });
      }
    }
    if (kind === 'users') {
      planter.user(guid, recorded.username ?? null, recorded.origin ?? null);
      const stored = recorded.metadata ?? NO_METADATA;
      cloudController.users.set(`${landscape}/${guid}`, { guid, landscape, ...times(recorded), metadata: stored });
    }
    if (kind === 'roles') {
      const org = relationships?.organization?.data?.guid;
      const space = relationships?.space?.data?.guid;
      if (org !== undefined) planter.org(org);
      if (space !== undefined) planter.space(space, space, `org of ${space}`);
      const user = relationships?.user?.data?.guid ?? '';
      planter.role(guid, recorded.type ?? '', user, org === undefined ? { space: space ?? '' } : { org });
      const known = cloudController.roles.get(guid);
      if (known) cloudController.roles.set(guid, { ...known, ...times(recorded) });
    }
  }

  return planter;
}
