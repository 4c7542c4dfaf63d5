import { z } from 'zod';
import { InvariantError } from '../../kernel/errors.ts';
import type { CredentialKind } from '../../kernel/rotate/credential.ts';
import {
  byPerson,
  type ClientProps,
  clientCredentials,
  clientKeys,
  noPasswordPolicy,
  proveAtTenant,
  stateOf,
} from './client-credential.ts';
import { consoleTask, MOST_CERTIFICATES } from './console-tasks.ts';
import { bundleOf, certificateOf, makeKeyWith, readBundle } from './key-bundle.ts';

/** Keys of `kind: ias-client-certificate`. */
export const clientCertificateKeys = {
  ...clientKeys,
  issuance: z
    .enum(['request', 'self-signed', 'generated'])
    .default('request')
    .describe(
      'Who signs it. `request`: Locum makes key and request, an authority that the tenant trusts signs; `self-signed`: Locum makes both; `generated`: the console does, as a .p12 file',
    ),
  days: z.number().int().min(1).max(825).default(365).describe('Days that a self-signed certificate is valid'),
};

const declaration = z.object({ issuance: clientCertificateKeys.issuance, days: clientCertificateKeys.days });

type CertificateProps = ClientProps & z.infer<typeof declaration>;

const TYPE = 'ias/client-certificate';

/**
 * Certificates of an IAS technical user, or of a system as administrator (ias 14b36c2, bbbdbdd): several are valid side by side. The vault keeps key and
 * chain as PEM. By default IAS trusts certificates of SAP's authorities and of DigiCert alone; others by a ticket (ias c408083).
 */
export const iasClientCertificate: CredentialKind<CertificateProps> = {
  kind: TYPE,
  slots: MOST_CERTIFICATES,
  declares: [
    {
      name: 'ias-client-certificate',
      title: 'certificate of an IAS technical user, or of a system as administrator',
      declaredAs: '`credentials`, `kind: ias-client-certificate`',
      validAtOnce: { is: String(MOST_CERTIFICATES), source: 'ias c408083 of applications; of these two assumed' },
      ...byPerson,
      minted: 'a person uploads it at the console; Locum makes the key, or the console both (`issuance`)',
      policy: {
        ...noPasswordPolicy,
        maximumAge: { is: 'the end that stands in the certificate', source: 'RFC 5280' },
      },
    },
  ],

  expand: (manifest) =>
    clientCredentials<CertificateProps>(manifest, 'ias-client-certificate', TYPE, (declared) =>
      declaration.parse(declared),
    ),

  async inspect(credentials, ctx) {
    const states = credentials.map(async (credential) => {
      const endsAt = ({ secret }: Parameters<Parameters<typeof stateOf>[1]>[0]) =>
        certificateOf(secret)?.validToDate.getTime();
      return [credential.address, await stateOf(credential, endsAt, ctx)] as const;
    });
    return new Map(await Promise.all(states));
  },

  minting: {
    by: 'person',

    // What the console generates is all its own.
    async prepare({ props }, ctx) {
      if (props.issuance === 'generated') return undefined;
      return makeKeyWith(props.issuance, { commonName: commonName(props), days: props.days }, ctx);
    },

    making(credential, prepared) {
      const { issuance } = credential.props;
      if (issuance === 'generated') {
        return consoleTask(credential, {
          what: 'have a new certificate generated',
          wants: 'certificate',
          steps: [
            `Certificates → Add → Generate: common name "${commonName(credential.props)}", and a password for the file`,
            `give Locum key and certificate of that file as PEM: openssl pkcs12 -in FILE -nodes | locum rotate ${credential.user} --secret-stdin`,
          ],
        });
      }
      if (!prepared) throw new InvariantError('a certificate is asked for without a key');
      const { text } = readBundle(prepared);
      if (issuance === 'self-signed') {
        return consoleTask(credential, {
          what: 'upload the new certificate',
          wants: 'word',
          text,
          steps: [
            `Certificates → Add → Insert as Text: the certificate below (at most ${MOST_CERTIFICATES})`,
            'that the tenant trusts a certificate that signs itself is not documented: see `issuance: request`',
          ],
        });
      }
      return consoleTask(credential, {
        what: 'have a new certificate signed and upload it',
        wants: 'certificate',
        text,
        steps: [
          'have the request below signed by an authority that the tenant trusts, for client authentication',
          `Certificates → Add → Insert as Text: the certificate (at most ${MOST_CERTIFICATES})`,
          `give Locum the certificate with its chain as PEM: locum rotate ${credential.user} --secret-stdin < FILE`,
        ],
      });
    },

    complete: (_credential, prepared, brought) => bundleOf(prepared, brought),

    removing(credential, old) {
      const certificate = certificateOf(old);
      const which = certificate
        ? `serial number ${certificate.serialNumber}, valid until ${certificate.validToDate.toISOString().slice(0, 10)}`
        : 'the older one';
      return consoleTask(credential, {
        what: 'remove the old certificate',
        wants: 'word',
        steps: [`Certificates → remove the one with ${which}`],
      });
    },
  },

  async prove({ props }, secret, ctx) {
    const { key, chain } = readBundle(secret);
    if (!key || chain === '') return { status: 'refused', reason: 'key or certificate is missing' };
    return proveAtTenant(props, { tls: { cert: chain, key } }, ctx);
  },
};

/** The tenant adds the user id of whoever generates one; both together have 64 characters at most (ias c408083). */
function commonName({ name }: ClientProps): string {
  return `locum-${name}`.slice(0, 40);
}
