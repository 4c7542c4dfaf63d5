import type { EmulatorContext } from '../../../emulation/emulator.ts';
import { seedId } from '../../../emulation/seed-id.ts';
import type { Zone } from '../../../emulation/world.ts';
import { clientCredential } from '../../protocols/xsuaa/emulator/client-credential.ts';
import type { KeyRecord, Store } from './store.ts';

/** Broker number in client ids; `!b9` stands in recordings of terraform-provider-btp. */
const XSAPPNAME = 'destination-xsappname!b9';

interface KeyOptions {
  /** Subaccounts that subscribed to an application with the instance. @default none */
  readonly subscribers?: readonly Zone[];
  /** @default binding-secret */
  readonly credentialType?: 'binding-secret' | 'x509';
}

/**
 * Makes a service key of a new Destination service instance, as its broker does: an OAuth client in the XSUAA of the
 * subaccount, and the JSON that `cf service-key` shows (SAP Cloud SDK fixtures, approuter).
 */
export async function makeServiceKey(
  ctx: EmulatorContext,
  store: Store,
  zone: Zone,
  credential: string,
  { subscribers = [], credentialType = 'binding-secret' }: KeyOptions = {},
): Promise<KeyRecord> {
  const instance = seedId('destination', zone.guid, credential);
  const clone = instance.replaceAll('-', '');
  const number = 1000 + (Number.parseInt(clone.slice(0, 6), 16) % 9000);
  const xsappname = `clone${clone}!b${number}|${XSAPPNAME}`;
  const key: KeyRecord = { credential, zone: zone.guid, instance, clientId: `sb-${xsappname}` };
  store.keys.set(credential, key);
  // A certificate of a week would be over before a landscape is old.
  const parameters = { 'credential-type': credentialType, x509: { validity: 1, 'validity-type': 'YEARS' } };
  const secret = credentialType === 'x509' ? '' : clientSecretOf(ctx, credential);
  const { kept, shown } = await clientCredential(ctx, zone, { parameters, secret, xsappname });
  // A subscriber's XSUAA knows the clients of the instances that the application depends on: by its tokens they act there.
  for (const { guid } of [zone, ...subscribers]) {
    ctx.world.use('authorization').registerClient({
      zone: guid,
      clientId: key.clientId,
      ...kept,
      scopes: ['uaa.resource'],
      serviceInstanceId: instance,
    });
  }
  const domain = `authentication.${zone.region}.hana.ondemand.com`;
  const verificationkey = await verificationKey(ctx, `${zone.subdomain}.${domain}`);
  ctx.credentials.keep(
    credential,
    JSON.stringify({
      clientid: key.clientId,
      ...shown,
      identityzone: zone.subdomain,
      instanceid: instance,
      tenantid: zone.guid,
      tenantmode: 'dedicated',
      uaadomain: domain,
      uri: `https://destination-configuration.cfapps.${zone.region}.hana.ondemand.com`,
      url: `https://${zone.subdomain}.${domain}`,
      ...(verificationkey === undefined ? {} : { verificationkey }),
      xsappname,
    }),
  );
  return key;
}

/** Credentials outlive a reset of the landscape, so a key that is made anew gets the secret that it had. */
function clientSecretOf(ctx: EmulatorContext, credential: string): string {
  const kept = ctx.credentials.password(credential);
  return kept.startsWith('{') ? (JSON.parse(kept) as { clientsecret: string }).clientsecret : kept;
}

/** The public key of XSUAA as PEM, if it serves one already. */
async function verificationKey(ctx: EmulatorContext, host: string): Promise<string | undefined> {
  try {
    const { keys } = (await (await ctx.fetch(`https://${host}/token_keys`)).json()) as { keys: { value?: string }[] };
    return keys[0]?.value;
  } catch {
    return;
  }
}
