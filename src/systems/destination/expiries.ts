import { address } from '../../kernel/address.ts';
import type { End, Expiry } from '../../kernel/due/due.ts';
import { isNews } from '../../kernel/errors.ts';
import type { Secret } from '../../kernel/secret.ts';
import type { SystemContext } from '../../kernel/system.ts';
import { type DestinationClient, destinationClient } from './client.ts';
import { certificatesIn } from './key-store.ts';
import { serviceKeysOf } from './section.ts';

/**
 * When certificates of the Destination service end, in every subaccount that the manifest has a service key of. A key store
 * that is closed is opened with the passwords that destinations have for it.
 */
export async function expiries(ctx: SystemContext): Promise<readonly Expiry[]> {
  const found = await Promise.all(
    [...serviceKeysOf(ctx.manifest).keys()].map(async (subaccount): Promise<readonly Expiry[]> => {
      const entry = {
        user: ctx.manifest.name,
        codes: {
          ended: 'DESTINATION_CERTIFICATE_EXPIRED',
          soon: 'DESTINATION_CERTIFICATE_EXPIRES_SOON',
          unknown: 'DESTINATION_CERTIFICATE_UNKNOWN',
        },
        remedy: `upload a new one in subaccount ${subaccount} under the same name`,
      };
      try {
        // The client is one of its service key; no account model is needed for that.
        const client = await destinationClient(ctx, { name: subaccount });
        const files = await client.certificates();
        const passwords = await passwordsIn(client, files.length > 0);
        return await Promise.all(
          files.map(async ({ name, content }) => ({
            ...entry,
            subject: address('destination', 'certificate', subaccount, name),
            title: `certificate ${name} in ${subaccount}`,
            end: await endIn(content, passwords.get(name) ?? []),
          })),
        );
      } catch (error) {
        if (!isNews(error)) throw error;
        const subject = address('destination', 'certificate', subaccount);
        const end = { kind: 'unknown', because: error.message } as const;
        return [{ ...entry, subject, title: `certificates in ${subaccount}`, end }];
      }
    }),
  );
  return found.flat();
}

/** Of a chain every certificate counts: the first that ends breaks it. */
async function endIn(content: Buffer, passwords: readonly Secret[]): Promise<End> {
  const opened = await certificatesIn(content, passwords);
  if ('closed' in opened) return { kind: 'unknown', because: opened.closed };
  const [at] = opened.certificates
    .map(({ validTo }) => Date.parse(validTo))
    .filter((time) => !Number.isNaN(time))
    .toSorted((a, b) => a - b);
  if (at === undefined) return { kind: 'unknown', because: 'there is no certificate in it' };
  return { kind: 'at', at, because: 'its certificate ends then' };
}

/** Where a destination names a key store or trust store, and the property beside it with the password. */
const LOCATION = /(Key|Trust)StoreLocation$/;

/** The passwords that destinations have for key stores, by the names of these. */
async function passwordsIn(
  client: DestinationClient,
  wanted: boolean,
): Promise<ReadonlyMap<string, readonly Secret[]>> {
  const found = new Map<string, Secret[]>();
  for (const { properties, secrets } of wanted ? await client.list() : []) {
    for (const [property, name] of Object.entries(properties).filter(([key]) => LOCATION.test(key))) {
      const password = secrets.get(property.replace(/Location$/, 'Password'));
      if (password) found.set(name, [...(found.get(name) ?? []), password]);
    }
  }
  return found;
}
