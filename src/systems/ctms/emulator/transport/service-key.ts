import type { EmulatorContext } from '../../../../emulation/emulator.ts';
import { seedId } from '../../../../emulation/seed-id.ts';
import type { Zone } from '../../../../emulation/world.ts';
import { PLANS, ROLES, scopeOf, XSAPPNAME } from './caller.ts';
import type { TransportStore } from './store.ts';

/** Client ids of service keys end in it; the broker number stands in recordings of terraform-provider-btp. */
const DESTINATION = 'destination-xsappname!b9';

/**
 * Subscribes a subaccount and makes a service key, as the broker does. The service gets a client of its own in the
 * subaccount's XSUAA, to read destinations with.
 */
export function subscribe(
  ctx: EmulatorContext,
  store: TransportStore,
  zone: Zone,
  key: { readonly credential: string; readonly plan: keyof typeof PLANS },
): void {
  const uaaUrl = `https://${zone.subdomain}.authentication.${zone.region}.hana.ondemand.com`;
  const clone = (name: string) => {
    const id = seedId('ctms', zone.guid, name).replaceAll('-', '');
    return `clone${id}!b${1000 + (Number.parseInt(id.slice(0, 6), 16) % 9000)}`;
  };
  const authorization = ctx.world.use('authorization');
  authorization.registerApplication({
    zone: zone.guid,
    appId: XSAPPNAME,
    roleTemplates: ROLES.map((name) => ({ name, description: `${name} of transports`, scopes: [scopeOf(name)] })),
    roleCollections: [],
  });

  const destinationClient = {
    clientId: `sb-${clone('destination')}|${DESTINATION}`,
    clientSecret: Buffer.from(ctx.random(24)).toString('base64url'),
  };
  authorization.registerClient({
    zone: zone.guid,
    ...destinationClient,
    scopes: ['uaa.resource'],
    serviceInstanceId: seedId('ctms/destination', zone.guid),
  });
  store.subscriptions.set(zone.guid, { zone: zone.guid, region: zone.region, uaaUrl, destinationClient });

  const xsappname = `${clone(key.credential)}|${XSAPPNAME}`;
  const clientid = `sb-${xsappname}`;
  const clientsecret = keptSecret(ctx, key.credential);
  authorization.registerClient({
    zone: zone.guid,
    clientId: clientid,
    clientSecret: clientsecret,
    scopes: PLANS[key.plan].map(scopeOf),
    serviceInstanceId: seedId('ctms/instance', zone.guid, key.credential),
    appId: XSAPPNAME,
  });
  store.keys.set(clientid, { zone: zone.guid, clientId: clientid });
  ctx.credentials.keep(
    key.credential,
    JSON.stringify({
      uaa: {
        clientid,
        clientsecret,
        url: uaaUrl,
        identityzone: zone.subdomain,
        tenantid: zone.guid,
        uaadomain: `authentication.${zone.region}.hana.ondemand.com`,
        xsappname,
        'credential-type': 'binding-secret',
      },
      uri: `https://transport-service-app-backend.ts.cfapps.${zone.region}.hana.ondemand.com`,
    }),
  );
}

/** Credentials outlive a reset of the landscape, so a key that is made anew gets the secret that it had. */
function keptSecret(ctx: EmulatorContext, credential: string): string {
  const kept = ctx.credentials.password(credential);
  return kept.startsWith('{') ? (JSON.parse(kept) as { uaa: { clientsecret: string } }).uaa.clientsecret : kept;
}
