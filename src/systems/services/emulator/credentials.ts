import { z } from 'zod';
import type { EmulatorContext } from '../../../emulation/emulator.ts';
import type { Zone } from '../../../emulation/world.ts';
import { clientCredential, keptOf } from '../../protocols/xsuaa/emulator/client-credential.ts';
import {
  applicationOf,
  clientScopesOf,
  securityDescriptor,
} from '../../protocols/xsuaa/emulator/security-descriptor.ts';
import { credentialKind, type Plan } from './catalogue.ts';
import type { ServiceBinding, ServiceInstance } from './store.ts';

/** The OAuth client's application id: a clone of the broker's own, or what the security descriptor names. */
function xsappnameOf(plan: Plan, instance: ServiceInstance): string {
  const number = 1000 + (Number.parseInt(instance.id.slice(0, 6), 16) % 9000);
  const clone = `clone${instance.id.replaceAll('-', '')}!b${number}`;
  switch (credentialKind(plan.offering)) {
    case 'destination':
      return `${clone}|destination-xsappname!b9`;
    case 'service-manager':
      return `${clone}|service-manager!b3`;
    case 'alert-notification':
      return `${clone}|clm-sl-ans!b7`;
    case 'xsuaa': {
      const { xsappname } = securityDescriptor.parse(instance.parameters);
      return `${xsappname ?? instance.name}!t${number}`;
    }
    case 'oauth2':
      return `${clone}|${plan.offering.name}!b${1 + (number % 999)}`;
  }
}

/** Makes an application of an XSUAA instance known with its role templates, as the XSUAA broker does. */
export function registerApplication(ctx: Pick<EmulatorContext, 'world'>, plan: Plan, instance: ServiceInstance): void {
  if (credentialKind(plan.offering) !== 'xsuaa') return;
  const descriptor = securityDescriptor.parse(instance.parameters);
  const application = applicationOf(descriptor, instance.subaccount, xsappnameOf(plan, instance));
  ctx.world.use('authorization').registerApplication(application);
}

/** Whether these are parameters that the broker of the plan takes. */
export function parametersFit(plan: Plan, parameters: unknown): boolean {
  return credentialKind(plan.offering) !== 'xsuaa' || securityDescriptor.safeParse(parameters).success;
}

/**
 * Makes the credentials of a binding: an OAuth client in the subaccount's XSUAA with which tokens can be had, in the shape of
 * the service (SAP Cloud SDK's fixtures; recording datasource_subaccount_service_binding for alert-notification).
 */
export async function makeCredentials(
  ctx: Pick<EmulatorContext, 'world' | 'random' | 'now' | 'aside' | 'state'>,
  zone: Zone,
  plan: Plan,
  instance: ServiceInstance,
  parameters: unknown,
): Promise<Readonly<Record<string, unknown>>> {
  const kind = credentialKind(plan.offering);
  const xsappname = xsappnameOf(plan, instance);
  const clientId = `sb-${xsappname}`;
  const secret = Buffer.from(ctx.random(32)).toString('base64');
  // assumed: only these two know certificates.
  const certified = kind === 'xsuaa' || kind === 'destination';
  const asked = { parameters: certified ? parameters : undefined, secret, xsappname };
  const { kept, shown } = await clientCredential(ctx, zone, asked);
  const xsuaa = kind === 'xsuaa';
  ctx.world.use('authorization').registerClient({
    zone: zone.guid,
    clientId,
    ...kept,
    scopes: xsuaa ? clientScopesOf(securityDescriptor.parse(instance.parameters), xsappname) : ['uaa.resource'],
    serviceInstanceId: instance.id,
    ...(xsuaa ? { appId: xsappname } : {}),
  });
  const uaadomain = `authentication.${zone.region}.hana.ondemand.com`;
  const url = `https://${zone.subdomain}.${uaadomain}`;
  const apps = `cfapps.${zone.region}.hana.ondemand.com`;
  const { 'credential-type': type, ...credential } = shown;
  const client = { clientid: clientId, ...credential, url, xsappname };
  const tenant = { identityzone: zone.subdomain, tenantid: zone.guid, tenantmode: 'dedicated', uaadomain };
  const binding = { 'credential-type': type, instanceid: instance.id };
  switch (kind) {
    case 'destination':
      return { ...client, ...tenant, ...binding, uri: `https://destination-configuration.${apps}` };
    case 'xsuaa':
      return {
        ...client,
        ...tenant,
        'credential-type': type,
        serviceInstanceId: instance.id,
        apiurl: `https://api.${uaadomain}`,
        identityzoneid: zone.guid,
        subaccountid: zone.guid,
        zoneid: zone.guid,
      };
    case 'service-manager':
      return { ...client, sm_url: `https://service-manager.${apps}` };
    case 'alert-notification':
      return {
        url: `https://clm-sl-ans-ans-service-api.${apps}`,
        client_id: clientId,
        client_secret: secret,
        oauth_url: `${url}/oauth/token?grant_type=client_credentials`,
      };
    // assumed: what most services of SAP have in common, an address and the OAuth client under `uaa`.
    case 'oauth2':
      return { url: `https://${plan.offering.name}.${apps}`, uaa: { ...client, ...tenant, ...binding } };
  }
}

/** Where the shapes above have their client. */
const clientOf = z.union([
  z.looseObject({ clientid: z.string() }),
  z
    .looseObject({ client_id: z.string(), client_secret: z.string() })
    .transform((known) => ({ clientid: known.client_id, clientsecret: known.client_secret })),
  z.looseObject({ uaa: z.looseObject({ clientid: z.string() }) }).transform(({ uaa }) => uaa),
]);

/** What the broker does when a binding goes: its credential is good no longer, other bindings keep theirs (assumed). */
export function revokeCredentials(ctx: Pick<EmulatorContext, 'world'>, binding: ServiceBinding): void {
  const { data: client } = clientOf.safeParse(binding.credentials);
  const kept = keptOf(client);
  if (!client || !kept) return;
  ctx.world.use('authorization').removeClient({ zone: binding.subaccount, clientId: client.clientid, ...kept });
}
