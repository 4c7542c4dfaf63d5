import type { Zone } from '../../../../../emulation/world.ts';
import type { JsonObject } from '../../../../../kernel/json.ts';
import { clientCredential, keptOf } from '../../../../protocols/xsuaa/emulator/client-credential.ts';
import {
  applicationOf,
  clientScopesOf,
  type SecurityDescriptor,
  securityDescriptor,
} from '../../../../protocols/xsuaa/emulator/security-descriptor.ts';
import type { Acting, Parts } from '../acting.ts';
import type { CfCredentialBinding, CfServiceInstance } from '../rows/services.ts';

type Brokered = Pick<Parts, 'ctx' | 'store'>;

/** Broker numbers in client ids; `!b9` and the form of both names stand in recordings of terraform-provider-btp. */
const DESTINATION = 'destination-xsappname!b9';

/** The subaccount whose XSUAA the instance's clients belong to. */
function zoneOf({ ctx, store }: Brokered, instance: CfServiceInstance): Zone | undefined {
  const org = store.orgs.get(store.spaces.get(instance.space)?.org ?? '');
  return ctx.world.find('accounts')?.zone(org?.subaccount ?? '');
}

function offeringOf({ store }: Brokered, instance: CfServiceInstance): string | undefined {
  const plan = store.plans.get(instance.plan ?? '');
  return store.offerings.get(plan?.offering ?? '')?.name;
}

/** `xsappname` of an XSUAA instance or of the clone that the Destination service makes for its instance. */
function xsappnameOf(instance: CfServiceInstance, offering: 'xsuaa' | 'destination'): string {
  const number = 1000 + (Number.parseInt(instance.guid.slice(0, 6), 16) % 9000 || 0);
  if (offering === 'destination') return `clone${instance.guid.replaceAll('-', '')}!b${number}|${DESTINATION}`;
  return `${descriptorOf(instance).xsappname ?? `ap-${instance.guid}`}!t${number}`;
}

/** assumed: parameters that are no security descriptor count as none. */
function descriptorOf(instance: CfServiceInstance): SecurityDescriptor {
  const { data } = securityDescriptor.safeParse(instance.parameters ?? {});
  return data ?? securityDescriptor.parse({});
}

/** What a broker does when an instance is made or changed: that of XSUAA makes the application known to the subaccount. */
export function registerInstance(brokered: Brokered, instance: CfServiceInstance): void {
  const zone = zoneOf(brokered, instance);
  if (!zone || offeringOf(brokered, instance) !== 'xsuaa') return;
  const application = applicationOf(descriptorOf(instance), zone.guid, xsappnameOf(instance, 'xsuaa'));
  brokered.ctx.world.find('authorization')?.registerApplication(application);
}

/**
 * Credentials of a new binding or key, as the service's broker makes them: of XSUAA and the Destination service real OAuth
 * clients of the subaccount's XSUAA, of others only a name and a password of their own (`assumed`).
 */
export async function credentialsOf(
  acting: Acting,
  instance: CfServiceInstance,
  binding: { readonly name: string; readonly parameters?: JsonObject | undefined },
): Promise<JsonObject> {
  const { ctx } = acting;
  const offering = offeringOf(acting, instance);
  const zone = zoneOf(acting, instance);
  const secret = secretOf(acting);
  if (!zone || (offering !== 'xsuaa' && offering !== 'destination')) {
    return { username: binding.name, password: secret };
  }
  const xsappname = xsappnameOf(instance, offering);
  const clientId = `sb-${xsappname}`;
  const { kept, shown } = await clientCredential(ctx, zone, { parameters: binding.parameters, secret, xsappname });
  ctx.world.find('authorization')?.registerClient({
    zone: zone.guid,
    clientId,
    ...kept,
    serviceInstanceId: instance.guid,
    ...(offering === 'xsuaa'
      ? { scopes: clientScopesOf(descriptorOf(instance), xsappname), appId: xsappname }
      : { scopes: ['uaa.resource'] }),
  });
  const domain = `authentication.${zone.region}.hana.ondemand.com`;
  const common = {
    clientid: clientId,
    ...shown,
    identityzone: zone.subdomain,
    tenantid: zone.guid,
    tenantmode: 'dedicated',
    // Recorded since 2026-02.
    'token-type': ['xsuaa'],
    uaadomain: domain,
    url: `https://${zone.subdomain}.${domain}`,
    xsappname,
    ...(await verificationKey(acting, `${zone.subdomain}.${domain}`)),
  };
  if (offering === 'destination') {
    const uri = `https://destination-configuration.cfapps.${zone.region}.hana.ondemand.com`;
    return { ...common, instanceid: instance.guid, uri };
  }
  return {
    ...common,
    apiurl: `https://api.${domain}`,
    identityzoneid: zone.guid,
    sburl: `https://internal-xsuaa.${domain}`,
    serviceInstanceId: instance.guid,
    subaccountid: zone.guid,
    zoneid: zone.guid,
  };
}

/** What a broker does when a binding or key goes: its credential is good no longer, other bindings keep theirs (assumed). */
export function revokeCredentials(brokered: Brokered, binding: CfCredentialBinding): void {
  const instance = brokered.store.instances.get(binding.instance);
  const zone = instance && zoneOf(brokered, instance);
  const { clientid: clientId } = binding.credentials;
  const kept = keptOf(binding.credentials);
  if (!zone || typeof clientId !== 'string' || !kept) return;
  brokered.ctx.world.find('authorization')?.removeClient({ zone: zone.guid, clientId, ...kept });
}

function secretOf({ ctx }: Pick<Acting, 'ctx'>): string {
  return `${Buffer.from(ctx.random(24)).toString('base64url')}=`;
}

/** The public key of XSUAA as PEM, if it serves one already. */
async function verificationKey({ ctx }: Acting, host: string): Promise<JsonObject> {
  try {
    const { keys } = (await (await ctx.fetch(`https://${host}/token_keys`)).json()) as { keys: { value?: string }[] };
    return keys[0]?.value === undefined ? {} : { verificationkey: keys[0].value };
  } catch {
    return {};
  }
}
