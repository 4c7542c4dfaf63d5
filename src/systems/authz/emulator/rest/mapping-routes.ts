import { Hono } from 'hono';
import { z } from 'zod';
import type { HostEnv } from '../../../../emulation/mount.ts';
import type { createUserSemantics } from '../commands/users.ts';
import { collectionView, mappingView } from '../commands/views.ts';
import type { AuthzStore, Mapping } from '../store.ts';
import { canonicalOrigin, type ZoneDirectory } from '../zone/directory.ts';
import { entitlementsOf } from '../zone/entitlements.ts';
import type { RestCaller } from './access.ts';
import { badRequest, bodyOf, type Call, notFound, restAnswer } from './answers.ts';
import type { Guard } from './guard.ts';

const PREFIX = '/sap/rest/authorization/v2';

const sentMapping = z.looseObject({
  roleCollectionName: z.string().min(1),
  attributeName: z.string().min(1),
  attributeValue: z.string().min(1),
  operator: z.string().default('equals'),
});

export interface MappingParts {
  readonly store: AuthzStore;
  readonly directory: ZoneDirectory;
  readonly users: ReturnType<typeof createUserSemantics>;
}

/** Role collections by attributes of identity providers (groups above all), and by user (Crossplane's OpenAPI of XSUAA). */
export function mappingRoutes(
  { reading, writing, anybody }: Guard,
  { store, directory, users }: MappingParts,
): Hono<HostEnv> {
  const app = new Hono<HostEnv>();

  const originOf = (c: Call) => canonicalOrigin(c.req.param('origin') ?? '');

  function mappings(c: Call, { zone }: RestCaller): readonly Mapping[] {
    if (!directory.provider(zone.guid, originOf(c))) {
      throw notFound(`Identity provider '${originOf(c)}' does not exist.`);
    }
    return store.mappings.by('zone', zone.guid).filter(({ originKey }) => originKey === originOf(c));
  }

  function list(c: Call, caller: RestCaller, wanted: (mapping: Mapping) => boolean): Response {
    const found = mappings(c, caller).filter(wanted);
    const provider = directory.provider(caller.zone.guid, originOf(c));
    return c.json(found.map((mapping) => mappingView(caller.zone, mapping, provider)));
  }

  /** The command calls a group by its own name. */
  const params = (origin: string, collection: string, attribute: string, value: string) => ({
    origin,
    roleCollectionName: collection,
    ...(attribute === 'Groups' ? { group: value } : { attribute, attributeValue: value }),
  });

  const attributes = `${PREFIX}/identity-providers/:origin/attributes`;
  app.post(
    attributes,
    writing(async (c, { call }) => {
      const { roleCollectionName, attributeName, attributeValue, operator } = await bodyOf(c, sentMapping);
      if (operator !== 'equals') throw badRequest(`Operator '${operator}' is not supported.`);
      const origin = c.req.param('origin') ?? '';
      return restAnswer(c, users.assign(call(params(origin, roleCollectionName, attributeName, attributeValue))), 201);
    }),
  );
  app.get(
    `${attributes}/rolecollections`,
    reading((c, caller) => list(c, caller, () => true)),
  );
  app.get(
    `${attributes}/:attribute/:value`,
    reading((c, caller) => {
      const { attribute, value } = c.req.param() as Record<string, string>;
      const names = mappings(c, caller)
        .filter((one) => one.attribute === attribute && one.value === value)
        .map(({ collection }) => collection);
      const roles = directory.roles(caller.zone);
      const found = directory.collections(caller.zone).filter(({ name }) => names.includes(name));
      return c.json(found.map((collection) => collectionView(collection, roles, { always: true })));
    }),
  );
  app.get(
    `${attributes}/:attribute/rolecollections/:collection`,
    reading((c, caller) => {
      const { attribute, collection } = c.req.param() as Record<string, string>;
      return list(c, caller, (one) => one.attribute === attribute && one.collection === collection);
    }),
  );
  app.delete(
    `${attributes}/:attribute/:operator/:value/rolecollections/:collection`,
    writing((c, { call }) => {
      const { origin = '', attribute = '', value = '', collection = '' } = c.req.param() as Record<string, string>;
      return restAnswer(c, users.unassign(call(params(origin, collection, attribute, value))));
    }),
  );
  app.get(
    `${PREFIX}/identity-providers/:origin/rolecollections/:collection`,
    reading((c, caller) => list(c, caller, (one) => one.collection === c.req.param('collection'))),
  );

  app.get(
    `${PREFIX}/users/current/rolecollections`,
    anybody((c, { zone, user }) => {
      const known = user && directory.userById(zone.guid, user.id);
      if (!known) throw badRequest('The token does not belong to a user.');
      const { roleCollections: all } = entitlementsOf(store, directory, zone, known, {
        groups: user.groups,
        claims: {},
      });
      return c.json({
        roleCollections: known.roleCollections,
        roleCollectionsBySamlAssignment: all.filter((name) => !known.roleCollections.includes(name)),
      });
    }),
  );
  app.get(
    `${PREFIX}/users/:id/rolecollections`,
    reading((c, { zone }) => {
      const known = directory.userById(zone.guid, c.req.param('id') ?? '');
      if (!known) throw notFound(`No such user: ${c.req.param('id')}`);
      // Groups are known at logon only.
      return c.json({ roleCollections: known.roleCollections, roleCollectionsBySamlAssignment: [] });
    }),
  );
  return app;
}
