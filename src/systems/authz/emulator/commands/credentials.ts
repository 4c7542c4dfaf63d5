import type { EmulatorContext } from '../../../../emulation/emulator.ts';
import { seedId } from '../../../../emulation/seed-id.ts';
import type { Zone } from '../../../../emulation/world.ts';
import { type Answer, found } from '../../../protocols/btp-cli/emulator/answers.ts';
import type { TenantCall } from '../../../protocols/btp-cli/emulator/commands.ts';
import { type ApiCredential, type AuthzStore, keyOf } from '../store.ts';
import { uaaDomain, xsuaaUrl } from '../xsuaa/addresses.ts';
import { alreadyExists, invalidCertificate, invalidParameter, noSuchCredential } from './errors.ts';

/** Scopes of the administration client that an API credential stands for (btp:764abf2; of a read-only one assumed). */
const READ_SCOPES = ['uaa.resource', 'xs_authorization.read', 'xs_user.read', 'xs_idp.read'];
const WRITE_SCOPES = ['xs_authorization.write', 'xs_user.write', 'xs_idp.write'];

/** API credentials: clients of the zone's XSUAA for its own administration. The secret is shown once. */
export function createCredentialSemantics(ctx: EmulatorContext, store: AuthzStore) {
  return {
    create({ zone, params }: TenantCall): Answer {
      const { name, certificate } = params;
      if (name === undefined || name === '') return invalidParameter('name');
      if (store.credentials.get(keyOf(zone.guid, name))) return alreadyExists('API credential', name);
      if (certificate !== undefined && !certificate.includes('-----BEGIN CERTIFICATE-----'))
        return invalidCertificate();
      const readOnly = params.readOnly === 'true';
      const credential: ApiCredential = {
        zone: zone.guid,
        name,
        readOnly,
        ...(certificate === undefined ? {} : { certificate }),
      };
      store.credentials.set(keyOf(zone.guid, name), credential);
      const serviceInstanceId = seedId('api-credential', zone.guid, String(readOnly));
      const clientSecret = Buffer.from(ctx.random(32)).toString('base64');
      store.clients.set(keyOf(zone.guid, clientId(zone, readOnly), name), {
        zone: zone.guid,
        clientId: clientId(zone, readOnly),
        ...(certificate === undefined ? { clientSecret } : { certificate }),
        scopes: readOnly ? READ_SCOPES : [...READ_SCOPES, ...WRITE_SCOPES],
        serviceInstanceId,
        appId: application(zone, readOnly),
      });
      return found(created(zone, credential, serviceInstanceId, clientSecret));
    },

    list: ({ zone }: TenantCall): Answer =>
      found(store.credentials.by('zone', zone.guid).map((credential) => credentialView(zone, credential))),

    get({ zone, params }: TenantCall): Answer {
      const credential = store.credentials.get(keyOf(zone.guid, params.name ?? ''));
      return credential ? found(credentialView(zone, credential)) : noSuchCredential(params.name ?? '');
    },

    delete({ zone, params }: TenantCall): Answer {
      const name = params.name ?? '';
      const credential = store.credentials.get(keyOf(zone.guid, name));
      if (!credential) return noSuchCredential(name);
      store.credentials.delete(keyOf(zone.guid, name));
      store.clients.delete(keyOf(zone.guid, clientId(zone, credential.readOnly), name));
      return found({});
    },
  };
}

function credentialView(zone: Zone, credential: ApiCredential): object {
  return {
    'credential-type': credential.certificate === undefined ? 'secret' : 'client certificate',
    tokenurl: tokenUrl(zone, credential),
    // Another spelling than in the answer to create (notes §2.9).
    clientId: clientId(zone, credential.readOnly),
    apiurl: `https://api.${uaaDomain(zone.region)}`,
    ...(credential.certificate === undefined ? {} : { certificate: credential.certificate }),
    name: credential.name,
    'read-only': credential.readOnly,
  };
}

function application(zone: Zone, readOnly: boolean): string {
  const number = Number.parseInt(zone.guid.slice(0, 5), 16);
  return `${readOnly ? 'read-only' : 'full-access'}!a${number}`;
}

function clientId(zone: Zone, readOnly: boolean): string {
  return `sb-${application(zone, readOnly)}`;
}

function certificateUrl(zone: Zone): string {
  return xsuaaUrl(zone).replace('.authentication.', '.authentication.cert.');
}

function tokenUrl(zone: Zone, credential: ApiCredential): string {
  return `${credential.certificate === undefined ? xsuaaUrl(zone) : certificateUrl(zone)}/oauth/token`;
}

function created(zone: Zone, credential: ApiCredential, serviceInstanceId: string, clientSecret: string): object {
  const { certificate, readOnly } = credential;
  return {
    tenantmode: 'dedicated',
    subaccountid: zone.guid,
    'credential-type': certificate === undefined ? 'secret' : 'client certificate',
    clientid: clientId(zone, readOnly),
    tokenurl: tokenUrl(zone, credential),
    ...(certificate === undefined ? {} : { clientx509enabled: false }),
    xsappname: application(zone, readOnly),
    ...(certificate === undefined ? { clientsecret: clientSecret } : { certificate }),
    serviceInstanceId,
    url: xsuaaUrl(zone),
    uaadomain: uaaDomain(zone.region),
    apiurl: `https://api.${uaaDomain(zone.region)}`,
    ...(certificate === undefined ? {} : { certurl: certificateUrl(zone) }),
    identityzone: zone.subdomain,
    identityzoneid: zone.guid,
    tenantid: zone.guid,
    name: credential.name,
    zoneid: zone.guid,
    ...(certificate === undefined ? {} : { 'certificate-pinning': false }),
    'read-only': readOnly,
    // assumed: empty, as only the caller has it; the recorder has removed the value.
    ...(certificate === undefined ? {} : { key: '' }),
  };
}
