import { z } from 'zod';
import { notAuthorized, notFound, unprocessable } from '../../../protocols/cf-v3/emulator.ts';
import type { Caller } from './caller.ts';
import { startJob } from './jobs.ts';
import { metadataOf, newMetadata } from './metadata.ts';
import type { Parts } from './roles.ts';
import type { CfJob, CfSpace } from './store.ts';
import { visibilityOf } from './visibility.ts';

/** Body of `POST /v3/spaces`. */
export const newSpace = z.strictObject({
  name: z.string(),
  relationships: z.strictObject({ organization: z.strictObject({ data: z.strictObject({ guid: z.string() }) }) }),
  metadata: newMetadata,
});

/** `POST /v3/spaces`; the creator gets no role by it (clients grant themselves). */
export function createSpace({ ctx, store }: Parts, caller: Caller, body: z.infer<typeof newSpace>): CfSpace {
  const org = store.orgs.get(body.relationships.organization.data.guid);
  const visible = visibilityOf(store, caller);
  if (!org || !visible.seesOrg(org)) {
    throw unprocessable('Invalid organization. Ensure the organization exists and you have access to it.');
  }
  if (!visible.managesOrg(org.guid)) throw notAuthorized();
  if (store.spacesOf(org.guid).some((space) => space.name.toLowerCase() === body.name.toLowerCase())) {
    throw unprocessable('Name must be unique per organization');
  }
  const now = ctx.now();
  const space: CfSpace = {
    guid: ctx.id(),
    landscape: caller.landscape,
    createdAt: now,
    updatedAt: now,
    name: body.name,
    org: org.guid,
    ssh: true,
    metadata: metadataOf(body.metadata),
  };
  store.spaces.set(space.guid, space);
  return space;
}

/** `DELETE /v3/spaces/{guid}`: with everything in it, the roles too. */
export function deleteSpace(parts: Parts, caller: Caller, guid: string): CfJob {
  const { store } = parts;
  const space = spaceOf(parts, caller, guid);
  if (!visibilityOf(store, caller).managesOrg(space.org)) throw notAuthorized();
  for (const role of store.rolesInSpace(guid)) store.roles.delete(role.guid);
  store.spaces.delete(guid);
  return startJob(parts, caller.landscape, 'space.delete');
}

/** A visible space; an invisible one is not found. */
export function spaceOf({ store }: Pick<Parts, 'store'>, caller: Caller, guid: string): CfSpace {
  const space = store.spaces.get(guid);
  if (!space || !visibilityOf(store, caller).seesSpace(space)) throw notFound('Space');
  return space;
}
