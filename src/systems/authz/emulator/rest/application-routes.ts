import { Hono } from 'hono';
import { z } from 'zod';
import type { HostEnv } from '../../../../emulation/mount.ts';
import type { Zone } from '../../../../emulation/world.ts';
import { applicationIds, applicationView, nameOf, roleTemplateView, scopesOf } from '../commands/applications.ts';
import type { createCollectionSemantics } from '../commands/collections.ts';
import { roleView } from '../commands/views.ts';
import { type AuthzStore, keyOf } from '../store.ts';
import type { RoleTemplate, ZoneDirectory } from '../zone/directory.ts';
import { bodyOf, type Call, flag, notFound, restAnswer } from './answers.ts';
import type { Guard } from './guard.ts';

const PREFIX = '/sap/rest/authorization/v2';

const attributes = z.array(z.record(z.string(), z.unknown())).nullish();
const sentRole = z.looseObject({
  roleTemplateName: z.string(),
  roleTemplateAppId: z.string(),
  name: z.string().min(1),
  description: z.string().nullish(),
  attributeList: attributes,
});
const roleUpdate = z.looseObject({ description: z.string().nullish(), attributeList: attributes });

export interface ApplicationParts {
  readonly store: AuthzStore;
  readonly directory: ZoneDirectory;
  readonly collections: ReturnType<typeof createCollectionSemantics>;
}

/** Applications, role templates and roles of a zone (Crossplane's OpenAPI of XSUAA). */
export function applicationRoutes(
  { reading, writing }: Guard,
  { store, directory, collections }: ApplicationParts,
): Hono<HostEnv> {
  const app = new Hono<HostEnv>();

  function templatesOf(zone: Zone, appId: string): readonly RoleTemplate[] {
    if (!applicationIds(directory, zone).includes(appId)) throw notFound(`Application '${appId}' does not exist.`);
    return directory.templates(zone).filter((template) => template.appId === appId);
  }

  function appView(zone: Zone, appId: string, details: boolean): object {
    templatesOf(zone, appId);
    return applicationView(directory, zone, appId, details);
  }

  const templateView = (zone: Zone, template: RoleTemplate, showRoles: boolean) =>
    roleTemplateView(directory, zone, template, showRoles);

  const idOf = (c: Call) => c.req.param('app') ?? '';

  app.get(
    `${PREFIX}/roles`,
    reading((c, { zone }) => c.json(directory.roles(zone).map((role) => roleView(role, true)))),
  );
  app.get(
    `${PREFIX}/apps`,
    reading((c, { zone }) => {
      const wanted = c.req.query('onlyForXsappname');
      const found = applicationIds(directory, zone).filter((appId) => wanted === undefined || nameOf(appId) === wanted);
      return c.json(found.map((appId) => appView(zone, appId, false)));
    }),
  );
  app.get(
    `${PREFIX}/apps/roletemplates`,
    reading((c, { zone }) =>
      c.json(directory.templates(zone).map((one) => templateView(zone, one, flag(c.req.query('showRoles'))))),
    ),
  );
  app.post(
    `${PREFIX}/apps/roles`,
    writing(async (c, { call }) => {
      const sent = await bodyOf(c, sentRole);
      const { roleTemplateAppId: appId, roleTemplateName, name: roleName, description } = sent;
      const made = call({ appId, roleTemplateName, roleName, description: description ?? '' });
      const answer = collections.createRole(made);
      if (answer.status < 400) setAttributes(made.zone, appId, roleTemplateName, roleName, sent.attributeList);
      return restAnswer(c, answer, 201);
    }),
  );
  app.get(
    `${PREFIX}/apps/:app`,
    reading((c, { zone }) => c.json(appView(zone, idOf(c), !flag(c.req.query('hideDetails'))))),
  );
  app.get(
    `${PREFIX}/apps/:app/scopes`,
    reading((c, { zone }) => c.json(scopesOf(templatesOf(zone, idOf(c))))),
  );
  app.get(
    `${PREFIX}/apps/:app/scopes/:scope`,
    reading((c, { zone }) => {
      const wanted = c.req.param('scope');
      const found = scopesOf(templatesOf(zone, idOf(c))).find(({ name }) => name === wanted);
      if (!found) throw notFound(`Scope '${wanted}' does not exist.`);
      return c.json(found);
    }),
  );
  app.get(
    `${PREFIX}/apps/:app/authorities`,
    reading((c, { zone }) => {
      templatesOf(zone, idOf(c));
      const clients = [...store.clients.values()].filter((one) => one.zone === zone.guid && one.appId === idOf(c));
      return c.json([...new Set(clients.flatMap(({ scopes }) => scopes))]);
    }),
  );
  app.get(
    `${PREFIX}/apps/:app/roles`,
    reading((c, { zone }) => {
      templatesOf(zone, idOf(c));
      const found = directory.roles(zone).filter(({ appId }) => appId === idOf(c));
      return c.json(found.map((role) => roleView(role, true)));
    }),
  );
  app.get(
    `${PREFIX}/apps/:app/roletemplates`,
    reading((c, { zone }) => c.json(templatesOf(zone, idOf(c)).map((one) => templateView(zone, one, false)))),
  );
  app.get(
    `${PREFIX}/apps/:app/roletemplates/:template`,
    reading((c, { zone }) => {
      const found = templatesOf(zone, idOf(c)).find(({ name }) => name === c.req.param('template'));
      if (!found) throw notFound(`Role template '${c.req.param('template')}' does not exist.`);
      return c.json(templateView(zone, found, true));
    }),
  );

  const role = `${PREFIX}/apps/:app/roletemplates/:template/roles/:role`;
  const roleParams = (c: Call) => ({
    appId: idOf(c),
    roleTemplateName: c.req.param('template') ?? '',
    roleName: c.req.param('role') ?? '',
  });
  app.get(
    role,
    reading((c, { call }) => restAnswer(c, collections.getRole(call(roleParams(c))))),
  );
  app.put(
    role,
    writing(async (c, { zone, call }) => {
      const { appId, roleTemplateName, roleName } = roleParams(c);
      const { description, attributeList } = await bodyOf(c, roleUpdate);
      const known = store.roles.get(keyOf(zone.guid, appId, roleTemplateName, roleName));
      // assumed: a role that the application brought is as good as absent here, since it cannot be changed.
      if (!known) throw notFound(`Role '${roleName}' does not exist.`);
      store.roles.set(keyOf(zone.guid, appId, roleTemplateName, roleName), {
        ...known,
        description: description ?? known.description,
      });
      setAttributes(zone, appId, roleTemplateName, roleName, attributeList);
      return restAnswer(c, collections.getRole(call(roleParams(c))));
    }),
  );
  app.delete(
    role,
    writing((c, { call }) => restAnswer(c, collections.deleteRole(call(roleParams(c))))),
  );

  function setAttributes(
    zone: Zone,
    appId: string,
    template: string,
    name: string,
    list: z.infer<typeof attributes>,
  ): void {
    const key = keyOf(zone.guid, appId, template, name);
    const known = store.roles.get(key);
    if (known && list) store.roles.set(key, { ...known, attributes: list });
  }
  return app;
}
