import type { EmulatorContext } from '../../../../emulation/emulator.ts';
import { seedId } from '../../../../emulation/seed-id.ts';
import type { Zone } from '../../../../emulation/world.ts';
import { PLANS } from './caller.ts';
import type { TransportStore } from './store.ts';

/** Broker numbers in client ids. That of the Destination service stands in recordings; the other one is assumed. */
const XSAPPNAME = 'alm-ts-backend!b1603';
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
  const secret = () => `${Buffer.from(ctx.random(24)).toString('base64url')}=`;
  const clone = (name: string) => {
    const id = seedId('ctms', zone.guid, name).replaceAll('-', '');
    return `clone${id}!b${1000 + (Number.parseInt(id.slice(0, 6), 16) % 9000)}`;
  };
  const register = (clientId: string, clientSecret: string, scopes: readonly string[], instance: string) =>
    ctx.world
      .use('authorization')
      .registerClient({ zone: zone.guid, clientId, clientSecret, scopes, serviceInstanceId: instance });

  const destinationClient = { clientId: `sb-${clone('destination')}|${DESTINATION}`, clientSecret: secret() };
  register(
    destinationClient.clientId,
    destinationClient.clientSecret,
    ['uaa.resource'],
    seedId('ctms/destination', zone.guid),
  );
  store.subscriptions.set(zone.guid, { zone: zone.guid, region: zone.region, uaaUrl, destinationClient });

  const xsappname = `${clone(key.credential)}|${XSAPPNAME}`;
  const clientid = `sb-${xsappname}`;
  const clientsecret = secret();
  const scopes = PLANS[key.plan].map((role) => `${XSAPPNAME}.${role}`);
  register(clientid, clientsecret, scopes, seedId('ctms/instance', zone.guid, key.credential));
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
