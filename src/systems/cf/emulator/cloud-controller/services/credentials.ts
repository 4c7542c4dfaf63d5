import type { JsonObject } from '../../../../../kernel/json.ts';
import type { Acting } from '../acting.ts';
import type { CfServiceInstance } from '../rows.ts';

/** Broker numbers in client ids; `!b9` and the form of both names stand in recordings of terraform-provider-btp. */
const DESTINATION = 'destination-xsappname!b9';

/**
 * Credentials of a new binding or key, as the service's broker makes them: of XSUAA and the Destination service real OAuth
 * clients of the subaccount's XSUAA, of others only a name and a password of their own (`assumed`).
 */
export async function credentialsOf(acting: Acting, instance: CfServiceInstance, binding: string): Promise<JsonObject> {
  const { ctx, store } = acting;
  const plan = store.plans.get(instance.plan ?? '');
  const offering = store.offerings.get(plan?.offering ?? '')?.name;
  const org = store.orgs.get(store.spaces.get(instance.space)?.org ?? '');
  const zone = ctx.world.find('accounts')?.zone(org?.subaccount ?? '');
  const secret = secretOf(acting);
  if (!zone || (offering !== 'xsuaa' && offering !== 'destination')) {
    return { username: binding, password: secret };
  }
  const domain = `authentication.${zone.region}.hana.ondemand.com`;
  const number = 1000 + (Number.parseInt(instance.guid.slice(0, 6), 16) % 9000 || 0);
  const common = {
    clientsecret: secret,
    'credential-type': 'binding-secret',
    identityzone: zone.subdomain,
    tenantid: zone.guid,
    tenantmode: 'dedicated',
    uaadomain: domain,
    url: `https://${zone.subdomain}.${domain}`,
    ...(await verificationKey(acting, `${zone.subdomain}.${domain}`)),
  };
  const register = (clientId: string, scopes: readonly string[]) =>
    ctx.world.find('authorization')?.registerClient({
      zone: zone.guid,
      clientId,
      clientSecret: secret,
      scopes,
      serviceInstanceId: instance.guid,
    });
  if (offering === 'destination') {
    const xsappname = `clone${instance.guid.replaceAll('-', '')}!b${number}|${DESTINATION}`;
    register(`sb-${xsappname}`, ['uaa.resource']);
    return {
      ...common,
      clientid: `sb-${xsappname}`,
      instanceid: instance.guid,
      uri: `https://destination-configuration.cfapps.${zone.region}.hana.ondemand.com`,
      xsappname,
    };
  }
  const name =
    typeof instance.parameters?.xsappname === 'string' ? instance.parameters.xsappname : `ap-${instance.guid}`;
  const xsappname = `${name}!t${number}`;
  register(`sb-${xsappname}`, ['uaa.resource']);
  return {
    ...common,
    apiurl: `https://api.${domain}`,
    clientid: `sb-${xsappname}`,
    identityzoneid: zone.guid,
    sburl: `https://internal-xsuaa.${domain}`,
    serviceInstanceId: instance.guid,
    subaccountid: zone.guid,
    xsappname,
    zoneid: zone.guid,
  };
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
