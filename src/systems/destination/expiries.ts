import { address } from '../../kernel/address.ts';
import type { Expiry } from '../../kernel/due/due.ts';
import { endsOf } from '../../kernel/due/validity.ts';
import { isNews } from '../../kernel/errors.ts';
import type { SystemContext } from '../../kernel/system.ts';
import { destinationClient } from './client.ts';
import { serviceKeysOf } from './section.ts';

/**
 * When certificates of the Destination service end, in every subaccount that the manifest has a service key of. Key stores
 * (PKCS #12, JKS) are closed by a password that the service keeps: nobody else can tell of them.
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
        return (await client.certificates()).flatMap(({ name, content }) => {
          const [end] = endsOf(content.toString('latin1')).toSorted((a, b) => a.at - b.at);
          const subject = address('destination', 'certificate', subaccount, name);
          return end ? [{ ...entry, subject, title: `certificate ${name} in ${subaccount}`, end }] : [];
        });
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
