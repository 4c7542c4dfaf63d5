import { Hono } from 'hono';
import { z } from 'zod';
import type { EmulatorContext } from '../../../../emulation/emulator.ts';
import type { HostEnv } from '../../../../emulation/mount.ts';
import type { ServiceAnswer, TrustAdministrationPort } from '../../../../emulation/world.ts';
import type { RestCaller } from './access.ts';
import { badRequest, bodyOf, type Call, flag, notFound, restAnswer } from './answers.ts';
import type { Guard } from './guard.ts';

const PREFIX = '/sap/rest/identity-providers';

type Action = Parameters<TrustAdministrationPort['administer']>[1];

/** `XSIdentityProvider`; of an OIDC trust's configuration only what can be chosen. */
const sentProvider = z.looseObject({
  originKey: z.string().optional(),
  name: z.string().optional(),
  type: z.string().optional(),
  active: z.boolean().optional(),
  config: z
    .looseObject({
      issuer: z.string().optional(),
      discoveryUrl: z.string().optional(),
      iasTenant: z.looseObject({ host: z.string() }).optional(),
      providerDescription: z.string().nullish(),
      linkText: z.string().nullish(),
      showLinkText: z.boolean().optional(),
      addShadowUserOnLogin: z.boolean().optional(),
    })
    .optional(),
});
type SentProvider = z.infer<typeof sentProvider>;

/** The view that the command line knows; booleans come as texts there (notes §5.2). */
const boolean = z.union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')]);
const sentView = z.looseObject({
  name: z.string().optional(),
  status: z.enum(['active', 'inactive']).optional(),
  description: z.string().nullish(),
  identityProvider: z.string().nullish(),
  domain: z.string().nullish(),
  linkTextForUserLogon: z.string().nullish(),
  availableForUserLogon: boolean.optional(),
  createShadowUsersDuringLogon: boolean.optional(),
});

const record = z.looseObject({ id: z.string(), originKey: z.string(), active: z.boolean() });

/** Identity providers of a subaccount; what they are is the trust service's business (Crossplane's OpenAPI of XSUAA). */
export function providerRoutes(ctx: EmulatorContext, { reading, writing }: Guard): Hono<HostEnv> {
  const app = new Hono<HostEnv>();

  const administer = createAdminister(ctx);

  function recordOf(caller: RestCaller, id: string): z.infer<typeof record> {
    const answer = administer(caller, 'getRecord', { id });
    if (answer.status >= 400) throw notFound(`Identity provider with ID '${id}' does not exist.`);
    return record.parse(answer.json);
  }

  app.get(
    PREFIX,
    reading((c, caller) => {
      const records = z.array(record).parse(administer(caller, 'listRecords', {}).json);
      return c.json(records.filter(({ active }) => active || !flag(c.req.query('activeOnly'))));
    }),
  );
  app.post(
    PREFIX,
    writing(async (c, caller) => {
      const sent = await bodyOf(c, sentProvider);
      if (sent.type !== undefined && sent.type !== 'oidc1.0') throw badRequest(`Type '${sent.type}' is not emulated.`);
      const iasTenantUrl = hostOf(sent);
      if (iasTenantUrl === undefined) throw badRequest('The configuration names no tenant.');
      return restAnswer(
        c,
        administer(caller, 'create', { ...paramsOf(sent), iasTenantUrl, origin: sent.originKey }),
        201,
      );
    }),
  );
  app.get(
    `${PREFIX}/ias`,
    reading((c, caller) => restAnswer(c, administer(caller, 'listTenants', {}))),
  );
  app.get(
    `${PREFIX}/ias/:tenant`,
    reading((c, caller) => restAnswer(c, administer(caller, 'getTenant', { iasTenantUrl: c.req.param('tenant') }))),
  );
  app.delete(
    `${PREFIX}/originKey/:origin`,
    writing((c, caller) => restAnswer(c, administer(caller, 'delete', { originKey: c.req.param('origin') }))),
  );

  app.get(
    `${PREFIX}/btpcli/identity-providers`,
    reading((c, caller) => restAnswer(c, administer(caller, 'list', {}))),
  );
  const view = `${PREFIX}/btpcli/originKey/:origin`;
  app.get(
    view,
    reading((c, caller) => restAnswer(c, administer(caller, 'get', { origin: c.req.param('origin') }))),
  );
  app.post(
    view,
    writing(async (c, caller) => {
      const sent = await bodyOf(c, sentView);
      const made = administer(caller, 'create', {
        ...viewParams(sent),
        iasTenantUrl: sent.identityProvider ?? '',
        origin: c.req.param('origin'),
      });
      if (made.status >= 400) return restAnswer(c, made);
      return restAnswer(c, administer(caller, 'get', { origin: c.req.param('origin') }));
    }),
  );
  const change = writing(async (c, caller) => {
    const originKey = c.req.param('origin');
    return restAnswer(c, administer(caller, 'update', { ...viewParams(await bodyOf(c, sentView)), originKey }));
  });
  app.put(view, change).patch(view, change);
  app.delete(
    view,
    writing((c, caller) => restAnswer(c, administer(caller, 'delete', { originKey: c.req.param('origin') }))),
  );

  app.get(
    `${PREFIX}/:id`,
    reading((c, caller) => c.json(recordOf(caller, c.req.param('id') ?? ''))),
  );
  app.put(
    `${PREFIX}/:id`,
    writing(async (c, caller) => {
      const { id, originKey } = recordOf(caller, c.req.param('id') ?? '');
      const answer = administer(caller, 'update', { ...paramsOf(await bodyOf(c, sentProvider)), originKey });
      return answer.status >= 400 ? restAnswer(c, answer) : c.json(recordOf(caller, id));
    }),
  );
  app.delete(
    `${PREFIX}/:id`,
    writing((c, caller) => {
      const { originKey } = recordOf(caller, c.req.param('id') ?? '');
      return restAnswer(c, administer(caller, 'delete', { originKey }));
    }),
  );
  return app;
}

const sentPlatformTrust = z.looseObject({
  fromOriginKey: z.string().optional(),
  fromIasTenantUrl: z.string().optional(),
  name: z.string().optional(),
  description: z.string().optional(),
  domain: z.string().optional(),
});

/** Custom identity providers for platform users at most (btp:c368984). */
const PLATFORM_TRUSTS = 3;

/** Identity providers of a global account; only its own token may ask (Crossplane's OpenAPI of XSUAA). */
export function platformProviderRoutes(ctx: EmulatorContext, { reading, writing }: Guard): Hono<HostEnv> {
  const app = new Hono<HostEnv>();
  const administer = createAdminister(ctx);
  const path = '/sap/rest/globalaccount/:account/platform-identity-providers';

  function checked(c: Call, caller: RestCaller): RestCaller {
    // assumed: a token of another account is told that there is none.
    if (caller.zone.guid !== c.req.param('account')) throw notFound('The global account does not exist.');
    return caller;
  }

  app.get(
    path,
    reading((c, caller) => restAnswer(c, administer(checked(c, caller), 'listRecords', {}))),
  );
  app.post(
    path,
    writing(async (c, caller) => {
      const { fromIasTenantUrl, fromOriginKey, name, description, domain } = await bodyOf(c, sentPlatformTrust);
      if (fromIasTenantUrl === undefined) throw badRequest('fromIasTenantUrl is missing.');
      const params = { iasTenantUrl: fromIasTenantUrl, origin: fromOriginKey, name, description, domain };
      return restAnswer(c, administer(checked(c, caller), 'create', params), 201);
    }),
  );
  app.get(
    `${path}/status`,
    reading((c, caller) => {
      const records = z.array(z.unknown()).parse(administer(checked(c, caller), 'listRecords', {}).json);
      return c.json({ moreTrustsAllowed: records.length < PLATFORM_TRUSTS });
    }),
  );
  app.patch(
    `${path}/:origin`,
    writing(async (c, caller) => {
      const { name, description, domain } = await bodyOf(c, sentPlatformTrust);
      const refreshTrust = c.req.query('refreshTrust');
      const params = { originKey: c.req.param('origin'), name, description, domain, refreshTrust };
      return restAnswer(c, administer(checked(c, caller), 'update', params));
    }),
  );
  app.delete(
    `${path}/:origin`,
    writing((c, caller) =>
      restAnswer(c, administer(checked(c, caller), 'delete', { originKey: c.req.param('origin') })),
    ),
  );
  return app;
}

function createAdminister({ world }: Pick<EmulatorContext, 'world'>) {
  return (
    { zone, call }: RestCaller,
    action: Action,
    params: Readonly<Record<string, string | undefined>>,
  ): ServiceAnswer => {
    const { params: given, caller } = call(params);
    const answer = world.use('trustAdministration').administer({ zone, params: given, user: caller.user }, action);
    if (answer.status === 404 && answer.json === undefined && answer.text === undefined) {
      throw notFound('The identity provider does not exist.');
    }
    return answer;
  };
}

function hostOf({ config }: SentProvider): string | undefined {
  const url = config?.iasTenant?.host ?? config?.issuer ?? config?.discoveryUrl;
  return url === undefined ? undefined : url.replace(/^https:\/\//, '').replace(/\/.*$/, '');
}

function paramsOf({ name, active, config }: SentProvider) {
  return {
    name,
    description: config?.providerDescription ?? undefined,
    linkText: config?.linkText ?? undefined,
    userLogon: text(config?.showLinkText),
    shadowUsers: text(config?.addShadowUserOnLogin),
    status: active === undefined ? undefined : active ? 'active' : 'inactive',
  };
}

function viewParams(sent: z.infer<typeof sentView>) {
  return {
    name: sent.name,
    status: sent.status,
    description: sent.description ?? undefined,
    domain: sent.domain ?? undefined,
    linkText: sent.linkTextForUserLogon ?? undefined,
    userLogon: text(sent.availableForUserLogon),
    shadowUsers: text(sent.createShadowUsersDuringLogon),
  };
}

function text(value: boolean | undefined): string | undefined {
  return value === undefined ? undefined : String(value);
}
