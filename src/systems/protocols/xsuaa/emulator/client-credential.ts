import { z } from 'zod';
import type { EmulatorContext } from '../../../../emulation/emulator.ts';
import type { Zone } from '../../../../emulation/world.ts';
import { endOfValidity, generateRsa, issue, pemOf, VALIDITY_UNITS } from '../../cloud-pki/emulator/authority.ts';

/** What the client of a binding proves itself with; a subset of what {@link EmulatorContext} gives makes it. */
type Impure = Pick<EmulatorContext, 'now' | 'aside' | 'state'>;

/**
 * `credential-type` of a binding's parameters, at the top for XSUAA itself and below `xsuaa` for services that let XSUAA make their
 * clients (notes on the Destination service, §1.3). That other values are taken as the default is assumed.
 */
const wanted = z.looseObject({
  'credential-type': z.literal('x509'),
  x509: z
    .looseObject({
      validity: z.int().min(1).default(7),
      'validity-type': z.enum(VALIDITY_UNITS).default('DAYS'),
    })
    .prefault({}),
});
const parameters = z.union([z.looseObject({ xsuaa: wanted }).transform(({ xsuaa }) => xsuaa), wanted]);

/** How an OAuth client of a binding proves who it is. */
export interface ClientCredential {
  /** As XSUAA keeps it. */
  readonly kept: { readonly clientSecret: string } | { readonly certificate: string };
  /** As it stands among the binding's credentials. */
  readonly shown: Readonly<Record<string, string>>;
}

/** The credential that a binding's parameters ask for: this secret, or a certificate with its key (`x509`). */
export async function clientCredential(
  ctx: Impure,
  zone: Zone,
  client: { readonly parameters: unknown; readonly secret: string; readonly xsappname: string },
): Promise<ClientCredential> {
  const asked = parameters.safeParse(client.parameters);
  if (!asked.success) {
    const { secret } = client;
    return { kept: { clientSecret: secret }, shown: { clientsecret: secret, 'credential-type': 'binding-secret' } };
  }
  const { validity, 'validity-type': unit } = asked.data.x509;
  const notBefore = new Date(ctx.now());
  // assumed: longer than X.509 can say is a year.
  const notAfter = endOfValidity(notBefore, unit, validity) ?? new Date(ctx.now() + 365 * 86_400_000);
  const keys = await ctx.aside(generateRsa);
  const { certificates } = await issue(ctx, {
    region: zone.region,
    // assumed: what the subject says beside the names of SAP Cloud PKI.
    subject: [
      { C: ['DE'] },
      { O: ['SAP SE'] },
      { OU: ['SAP Cloud Platform Clients'] },
      { L: [zone.guid] },
      { CN: [client.xsappname.slice(0, 64)] },
    ],
    publicKey: keys.publicKey,
    notBefore,
    notAfter,
  });
  const certificate = certificates.map((pem) => `${pem.trim()}\n`).join('');
  return {
    kept: { certificate },
    shown: {
      'credential-type': 'x509',
      certificate,
      key: `${(await pemOf(keys.privateKey)).trim()}\n`,
      certurl: `https://${zone.subdomain}.authentication.cert.${zone.region}.hana.ondemand.com`,
      // assumed: the form of the time.
      certificate_expires_at: notAfter.toISOString().replace(/\.\d+Z$/, 'Z'),
    },
  };
}

const shown = z.union([
  z.looseObject({ clientsecret: z.string() }).transform(({ clientsecret }) => ({ clientSecret: clientsecret })),
  z.looseObject({ certificate: z.string() }).transform(({ certificate }) => ({ certificate })),
]);

/** What XSUAA keeps of the credential in a binding; undefined when there is none. */
export function keptOf(credentials: unknown): ClientCredential['kept'] | undefined {
  return shown.safeParse(credentials).data;
}
