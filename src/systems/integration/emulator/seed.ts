import { z } from 'zod';
import type { EmulatorContext } from '../../../emulation/emulator.ts';
import { seedId } from '../../../emulation/seed-id.ts';
import type { Zone } from '../../../emulation/world.ts';
import { applicationHost, runtimeHost, uaaDomain, xsuaaUrl } from './addresses.ts';
import type { IntegrationStore } from './store.ts';

const credential = z.string().regex(/^[A-Z][A-Z0-9_]*$/, 'the name of an environment variable');

const place = {
  /** Subdomain of the global account. */
  globalAccount: z.string(),
  /** Display name of the subaccount. */
  subaccount: z.string(),
};

/** Part `integration` of a landscape seed: Cloud Integration tenants, and applications that show what a token says. */
export const integrationSeed = z
  .strictObject({
    tenants: z
      .array(
        z.strictObject({
          ...place,
          flows: z
            .array(
              z.strictObject({
                /** Behind `/http/`. */
                path: z.string().regex(/^[\w./-]+$/),
                /** `ESBMessaging.send`, or a role of one's own. */
                role: z.string().default('ESBMessaging.send'),
                csrfProtected: z.boolean().default(false),
              }),
            )
            .default([]),
          /** Service keys of a Process Integration Runtime instance, plan `integration-flow`. */
          serviceKeys: z
            .array(z.strictObject({ credential, roles: z.array(z.string()).default(['ESBMessaging.send']) }))
            .default([]),
        }),
      )
      .default([]),
    applications: z
      .array(
        z.strictObject({
          ...place,
          name: z.string().regex(/^[a-z][a-z0-9-]*$/),
          /** Gets the binding as JSON. */
          credential,
          /** Scopes without the application's name before them; those of the client itself under `authorities`. */
          roleTemplates: z
            .array(
              z.strictObject({ name: z.string(), description: z.string().default(''), scopes: z.array(z.string()) }),
            )
            .default([]),
          roleCollections: z
            .array(
              z.strictObject({
                name: z.string(),
                description: z.string().default(''),
                roleTemplates: z.array(z.string()),
              }),
            )
            .default([]),
          authorities: z.array(z.string()).default([]),
        }),
      )
      .default([]),
  })
  .prefault({});
type Seed = z.infer<typeof integrationSeed>;

/** Application id of the runtime in every zone (the number is assumed; it differs from region to region). */
const RUNTIME_APP = 'it-rt!b18631';

/** Role template that gives `ESBMessaging.send` (is:57f104d); other roles are called like their templates. */
const templateOf = (role: string) => (role === 'ESBMessaging.send' ? 'MessagingSend' : role);

export function plant(seed: Seed, ctx: EmulatorContext, store: IntegrationStore): void {
  for (const tenant of seed.tenants) plantTenant(tenant, ctx, store);
  for (const application of seed.applications) plantApplication(application, ctx, store);
}

function plantTenant(part: Seed['tenants'][number], ctx: EmulatorContext, store: IntegrationStore): void {
  const zone = zoneOf(ctx, part);
  const { guid, subdomain, region } = zone;
  const authorization = ctx.world.use('authorization');
  const scopeOf = (role: string) => `${RUNTIME_APP}.${role}`;
  const roles = new Set(['ESBMessaging.send', ...part.flows.map((flow) => flow.role)]);
  authorization.registerApplication({
    zone: guid,
    appId: RUNTIME_APP,
    roleTemplates: [...roles].map((role) => ({
      name: templateOf(role),
      description: 'Sends messages to integration flows',
      scopes: [scopeOf(role)],
    })),
    roleCollections: [],
  });
  const client = { clientId: `sb-${RUNTIME_APP}`, clientSecret: Buffer.from(ctx.random(24)).toString('base64url') };
  authorization.registerClient({ zone: guid, ...client, scopes: [], appId: RUNTIME_APP });
  const host = runtimeHost(zone);
  const keys = part.serviceKeys.map(({ credential: name, roles: granted }) => {
    const serviceInstanceId = seedId('integration', guid, name);
    const key = { clientId: `sb-${serviceInstanceId}!b18632|${RUNTIME_APP}`, clientSecret: keptSecret(ctx, name) };
    authorization.registerClient({ zone: guid, ...key, scopes: granted.map(scopeOf), serviceInstanceId });
    const createdate = new Date(ctx.now()).toISOString();
    const tokenurl = `${xsuaaUrl(zone)}/oauth/token`;
    const oauth = {
      createdate,
      clientid: key.clientId,
      clientsecret: key.clientSecret,
      tokenurl,
      url: `https://${host}`,
    };
    ctx.credentials.keep(name, JSON.stringify({ oauth }));
    return key.clientId;
  });
  store.tenants.set(host, {
    ...client,
    appId: RUNTIME_APP,
    zone: guid,
    subdomain,
    region,
    host,
    flows: part.flows,
    keys,
  });
}

function plantApplication(part: Seed['applications'][number], ctx: EmulatorContext, store: IntegrationStore): void {
  const zone = zoneOf(ctx, part);
  const { guid, subdomain, region } = zone;
  const appId = `${part.name}!t${Number.parseInt(guid.slice(0, 4), 16)}`;
  const authorization = ctx.world.use('authorization');
  const whole = (names: readonly string[]) => names.map((name) => `${appId}.${name}`);
  authorization.registerApplication({
    zone: guid,
    appId,
    roleTemplates: part.roleTemplates.map((template) => ({ ...template, scopes: whole(template.scopes) })),
    roleCollections: part.roleCollections,
  });
  const client = { clientId: `sb-${appId}`, clientSecret: keptSecret(ctx, part.credential) };
  authorization.registerClient({ zone: guid, ...client, scopes: whole(part.authorities), appId });
  ctx.credentials.keep(
    part.credential,
    JSON.stringify({
      clientid: client.clientId,
      clientsecret: client.clientSecret,
      'credential-type': 'binding-secret',
      identityzone: subdomain,
      identityzoneid: guid,
      tenantid: guid,
      tenantmode: 'dedicated',
      uaadomain: uaaDomain(region),
      url: xsuaaUrl(zone),
      xsappname: appId,
    }),
  );
  const landscape = ctx.world.use('cloudFoundry').org(guid)?.landscape ?? region;
  const host = applicationHost(part.name, landscape);
  store.applications.set(host, { ...client, appId, zone: guid, region, host });
}

const client = z.looseObject({ clientsecret: z.string() });
const keptKey = z.union([z.looseObject({ oauth: client }).transform(({ oauth }) => oauth), client]);

/** Credentials outlive a reset of the landscape, so a key that is made anew gets the secret that it had. */
function keptSecret(ctx: EmulatorContext, credential: string): string {
  const kept = ctx.credentials.password(credential);
  return kept.startsWith('{') ? keptKey.parse(JSON.parse(kept)).clientsecret : kept;
}

function zoneOf(ctx: EmulatorContext, at: { readonly globalAccount: string; readonly subaccount: string }): Zone {
  const zone = ctx.world.use('accounts').subaccountByName(at.globalAccount, at.subaccount);
  if (!zone) throw new TypeError(`seed: no subaccount '${at.subaccount}' in ${at.globalAccount}`);
  return zone;
}
