import { Hono } from 'hono';
import { z } from 'zod';
import type { HostEnv } from '../../../../emulation/mount.ts';
import type { Answer } from '../../../protocols/btp-cli/emulator/answers.ts';
import type { createCollectionSemantics } from '../commands/collections.ts';
import { assignmentView, collectionView, mappingView, roleView } from '../commands/views.ts';
import { type AuthzStore, keyOf } from '../store.ts';
import type { RoleReference } from '../zone/catalogue.ts';
import type { RoleCollection, ZoneDirectory } from '../zone/directory.ts';
import type { RestCaller } from './access.ts';
import { bodyOf, type Call, flag, notFound, restAnswer } from './answers.ts';
import type { Guard } from './guard.ts';

const PREFIX = '/sap/rest/authorization/v2/rolecollections';

/** assumed: role collections on one page of `/pages`. */
const PER_PAGE = 100;

const roleReference = z.looseObject({
  roleTemplateAppId: z.string(),
  roleTemplateName: z.string(),
  name: z.string(),
});
const roleCollection = z.looseObject({
  name: z.string().min(1),
  description: z.string().nullish(),
  roleReferences: z.array(roleReference).nullish(),
});
type SentRole = z.infer<typeof roleReference>;

export interface RoleCollectionParts {
  readonly store: AuthzStore;
  readonly directory: ZoneDirectory;
  readonly collections: ReturnType<typeof createCollectionSemantics>;
}

/** Role collections and what they are made of (Crossplane's OpenAPI of XSUAA). */
export function roleCollectionRoutes(
  { reading, writing }: Guard,
  { store, directory, collections }: RoleCollectionParts,
): Hono<HostEnv> {
  const app = new Hono<HostEnv>();

  function view({ zone }: RestCaller, collection: RoleCollection, show: Shown): object {
    const mappings = store.mappings.by('collection', keyOf(zone.guid, collection.name));
    const mapped = mappings.map((one) => mappingView(zone, one, directory.provider(zone.guid, one.originKey)));
    const groups = mapped.filter((_view, index) => mappings[index]?.attribute === 'Groups');
    const users = store.users.by('collection', keyOf(zone.guid, collection.name));
    const { roleReferences, ...rest } = collectionView(collection, directory.roles(zone), { always: true }) as {
      roleReferences?: object;
    };
    return {
      ...rest,
      ...(show.roles ? { roleReferences } : {}),
      ...(show.users ? { userReferences: users.map(assignmentView) } : {}),
      ...(show.groups ? { groupReferences: groups, samlAttributeAssignment: mapped } : {}),
    };
  }

  const shownInList = (c: Call): Shown => ({
    // Roles come unless they are not wanted, the others when they are: assumed from the parameters' names.
    roles: c.req.query('showRoles') !== 'false',
    users: flag(c.req.query('showUsers')),
    groups: flag(c.req.query('showGroups')),
  });

  function page(c: Call, caller: RestCaller, skip: number, top: number): Response {
    const { name, readOnly } = c.req.query();
    const found = directory
      .collections(caller.zone)
      .filter((one) => name === undefined || one.name === name)
      .filter((one) => readOnly === undefined || String(one.readOnly) === readOnly);
    return c.json(found.slice(skip, skip + top).map((one) => view(caller, one, shownInList(c))));
  }

  const roleParams = (name: string, { roleTemplateAppId, roleTemplateName, name: roleName }: SentRole) => ({
    roleCollectionName: name,
    roleTemplateAppID: roleTemplateAppId,
    appId: roleTemplateAppId,
    roleTemplateName,
    roleName,
  });

  /** Adds or removes roles one after the other; the first refusal ends it. */
  function each(
    { call }: RestCaller,
    name: string,
    roles: readonly SentRole[],
    change: (call: ReturnType<RestCaller['call']>) => Answer,
  ): Answer {
    for (const role of roles) {
      const answer = change(call(roleParams(name, role)));
      if (answer.status >= 400) return answer;
    }
    return { status: 200 };
  }

  function create(caller: RestCaller, sent: z.infer<typeof roleCollection>): Answer {
    const { name, description, roleReferences } = sent;
    const unknown = roleReferences?.find((role) => !hasRole(directory, caller, role));
    if (unknown) throw notFound(`Role '${unknown.name}' does not exist.`);
    const made = collections.create(caller.call({ roleCollectionName: name, description: description ?? '' }));
    if (made.status >= 400) return made;
    return each(caller, name, roleReferences ?? [], collections.addRole);
  }

  const nameOf = (c: Call) => c.req.param('name') ?? '';

  app.get(
    PREFIX,
    reading((c, caller) => page(c, caller, number(c.req.query('skip'), 0), number(c.req.query('top'), 5000))),
  );
  app.post(
    PREFIX,
    writing(async (c, caller) => {
      const sent = await bodyOf(c, roleCollection);
      const answer = create(caller, sent);
      const made = directory.collection(caller.zone, sent.name);
      if (answer.status >= 400 || !made) return restAnswer(c, answer);
      return c.json(view(caller, made, { roles: true, users: false, groups: false }), 201);
    }),
  );
  app.post(
    `${PREFIX}/bulk`,
    writing(async (c, caller) => {
      const { roleCollections: sent } = await bodyOf(
        c,
        z.looseObject({ roleCollections: z.array(roleCollection).max(500) }),
      );
      for (const one of sent) {
        const answer = create(caller, one);
        if (answer.status >= 400) return restAnswer(c, answer);
      }
      return c.json({}, 201);
    }),
  );
  app.delete(
    `${PREFIX}/bulk`,
    writing(async (c, { call }) => {
      const { roleCollections: names } = await bodyOf(
        c,
        z.looseObject({ roleCollections: z.array(z.string()).max(500) }),
      );
      for (const roleCollectionName of names) {
        const answer = collections.delete(call({ roleCollectionName }));
        if (answer.status >= 400) return restAnswer(c, answer);
      }
      return c.body(null, 204);
    }),
  );
  app.get(
    `${PREFIX}/pages`,
    reading((c, caller) => page(c, caller, 0, PER_PAGE)),
  );
  app.get(
    `${PREFIX}/pages/:page`,
    reading((c, caller) => page(c, caller, (Math.max(1, number(c.req.param('page'), 1)) - 1) * PER_PAGE, PER_PAGE)),
  );
  app.get(
    `${PREFIX}/roles/:app/:template/:role`,
    reading((c, caller) => {
      const { app: appId, template, role: name } = c.req.param() as Record<string, string>;
      const holds = (one: RoleReference) => one.appId === appId && one.template === template && one.name === name;
      const found = directory.collections(caller.zone).filter((collection) => collection.roles.some(holds));
      return c.json(found.map((one) => view(caller, one, { roles: true, users: false, groups: false })));
    }),
  );

  app.get(
    `${PREFIX}/:name`,
    reading((c, caller) => {
      const found = directory.collection(caller.zone, nameOf(c));
      if (!found) return restAnswer(c, collections.get(caller.call({ roleCollectionName: nameOf(c) })));
      const shown = {
        roles: c.req.query('withRoles') !== 'false',
        users: flag(c.req.query('withUsers')),
        groups: flag(c.req.query('withGroups')),
      };
      return c.json(view(caller, found, shown));
    }),
  );
  app.put(
    `${PREFIX}/:name`,
    writing(async (c, { call }) => {
      const { description } = await bodyOf(c, z.looseObject({ description: z.string().nullish() }));
      return restAnswer(
        c,
        collections.update(call({ roleCollectionName: nameOf(c), description: description ?? undefined })),
      );
    }),
  );
  app.delete(
    `${PREFIX}/:name`,
    writing((c, { call }) => restAnswer(c, collections.delete(call({ roleCollectionName: nameOf(c) })), 204)),
  );

  app.get(
    `${PREFIX}/:name/roles`,
    reading((c, { zone, call }) => {
      const found = directory.collection(zone, nameOf(c));
      if (!found) return restAnswer(c, collections.get(call({ roleCollectionName: nameOf(c) })));
      const held = directory
        .roles(zone)
        .filter((role) =>
          found.roles.some(
            (one) => one.appId === role.appId && one.template === role.template && one.name === role.name,
          ),
        );
      return c.json(held.map((role) => roleView(role, false)));
    }),
  );
  app.put(
    `${PREFIX}/:name/roles`,
    writing(async (c, caller) =>
      restAnswer(c, each(caller, nameOf(c), await bodyOf(c, z.array(roleReference).max(500)), collections.addRole)),
    ),
  );
  app.delete(
    `${PREFIX}/:name/roles`,
    writing(async (c, caller) =>
      restAnswer(c, each(caller, nameOf(c), await bodyOf(c, z.array(roleReference).max(500)), collections.removeRole)),
    ),
  );
  const one = `${PREFIX}/:name/roles/:app/:role/:template`;
  const roleOf = (c: Call): SentRole => ({
    roleTemplateAppId: c.req.param('app') ?? '',
    roleTemplateName: c.req.param('template') ?? '',
    name: c.req.param('role') ?? '',
  });
  app.put(
    one,
    writing((c, caller) => restAnswer(c, each(caller, nameOf(c), [roleOf(c)], collections.addRole), 201)),
  );
  app.delete(
    one,
    writing((c, caller) => restAnswer(c, each(caller, nameOf(c), [roleOf(c)], collections.removeRole), 204)),
  );
  return app;
}

interface Shown {
  readonly roles: boolean;
  readonly users: boolean;
  readonly groups: boolean;
}

function hasRole(directory: ZoneDirectory, { zone }: RestCaller, sent: SentRole): boolean {
  return directory
    .roles(zone)
    .some(
      (role) =>
        role.appId === sent.roleTemplateAppId && role.template === sent.roleTemplateName && role.name === sent.name,
    );
}

function number(text: string | undefined, fallback: number): number {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : fallback;
}
