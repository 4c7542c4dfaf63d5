import { z } from 'zod';
import type { EmulatorContext } from '../../../emulation/emulator.ts';
import { seedId } from '../../../emulation/seed-id.ts';
import type { Zone } from '../../../emulation/world.ts';
import type { AuditStore } from './store.ts';

/** Application id as recorded with the predefined roles. */
const APP = 'auditlog-management!b49';
export const READ_SCOPE = `${APP}.ReadAuditLogs`;

/** Seconds that its tokens are valid (btp:30ece35). */
const TOKEN_VALIDITY = 3600;

const place = {
  /** Subdomain of the global account. */
  globalAccount: z.string(),
  /** Display name. */
  subaccount: z.string(),
};

/** Part `audit` of a landscape seed: who may read audit logs. The logs begin empty. */
export const auditSeed = z
  .strictObject({
    serviceKeys: z
      .array(
        z.strictObject({
          ...place,
          /** Gets the service key as JSON. */
          credential: z.string().regex(/^[A-Z][A-Z0-9_]*$/, 'the name of an environment variable'),
          /** `central` reads the log of the global account. */
          plan: z.enum(['default', 'central']).default('default'),
        }),
      )
      .default([]),
    /** Subaccounts that keep their logs for longer; they can't be read by category. */
    customRetention: z.array(z.strictObject(place)).default([]),
  })
  .prefault({});

export function plantAudit(part: z.infer<typeof auditSeed>, ctx: EmulatorContext, store: AuditStore): void {
  const accounts = ctx.world.use('accounts');
  const zoneOf = ({ globalAccount, subaccount }: { globalAccount: string; subaccount: string }): Zone => {
    const zone = accounts.subaccountByName(globalAccount, subaccount);
    if (!zone) throw new TypeError(`seed: no subaccount '${subaccount}' in ${globalAccount}`);
    return zone;
  };
  for (const entry of part.customRetention) {
    const { guid } = zoneOf(entry);
    store.customRetention.set(guid, { tenant: guid });
  }
  for (const entry of part.serviceKeys) {
    const zone = zoneOf(entry);
    const { credential, plan } = entry;
    const authorization = ctx.world.use('authorization');
    const instance = seedId('audit', zone.guid, credential);
    const xsappname = `${instance}!b${1000 + (Number.parseInt(instance.slice(0, 6), 16) % 9000)}|${APP}`;
    const clientid = `sb-${xsappname}`;
    const clientsecret = Buffer.from(ctx.random(32)).toString('base64url');
    authorization.registerApplication({
      zone: zone.guid,
      appId: APP,
      roleTemplates: [],
      roleCollections: [],
      oauth2: { tokenValidity: TOKEN_VALIDITY },
    });
    authorization.registerClient({
      zone: zone.guid,
      clientId: clientid,
      clientSecret: clientsecret,
      scopes: [READ_SCOPE],
      serviceInstanceId: instance,
      appId: APP,
    });
    store.keys.set(clientid, { zone: zone.guid, tenant: plan === 'central' ? zone.globalAccount : zone.guid });
    const uaadomain = `authentication.${zone.region}.hana.ondemand.com`;
    ctx.credentials.keep(
      credential,
      JSON.stringify({
        uaa: {
          clientid,
          clientsecret,
          'credential-type': 'binding-secret',
          identityzone: zone.subdomain,
          identityzoneid: zone.guid,
          tenantid: zone.guid,
          uaadomain,
          url: `https://${zone.subdomain}.${uaadomain}`,
          xsappname,
        },
        url: `https://${auditHost(zone.region)}`,
        vendor: 'SAP',
      }),
    );
  }
}

export function auditHost(region: string): string {
  return `auditlog-management.cfapps.${region}.hana.ondemand.com`;
}
