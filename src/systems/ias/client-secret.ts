import { z } from 'zod';
import { ConfigError, InvariantError } from '../../kernel/errors.ts';
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
import { consoleTask, MOST_SECRETS } from './console-tasks.ts';
import { SECRET_HINT_LENGTH } from './wire.ts';

/** Lives that the console offers for a secret (ias bbbdbdd, 5c3c35e), in months. */
const LIVES = { '1 year': 12, '2 years': 24, never: undefined } as const;

/** Keys of `kind: ias-client-secret`. */
export const clientSecretKeys = {
  ...clientKeys,
  validity: z
    .enum(['1 year', '2 years', 'never'])
    .default('1 year')
    .describe('What to choose as "Expire in"; when it ends is counted from when Locum was given the secret'),
};

const declaration = z.object({ validity: clientSecretKeys.validity });

interface SecretProps extends ClientProps {
  readonly validity: keyof typeof LIVES;
}

const TYPE = 'ias/client-secret';

/**
 * Secrets of an IAS technical user, or of a system as administrator: several are valid side by side. A person makes and removes them at the
 * administration console (ias 14b36c2, bbbdbdd): the Application Configurations API knows those of applications alone.
 */
export const iasClientSecret: CredentialKind<SecretProps> = {
  kind: TYPE,
  slots: MOST_SECRETS['technical-user'],
  declares: [
    {
      name: 'ias-client-secret',
      title: 'secret of an IAS technical user, or of a system as administrator',
      declaredAs: '`credentials`, `kind: ias-client-secret`, `of: technical-user` or `of: system`',
      validAtOnce: {
        is: `${MOST_SECRETS['technical-user']} of a technical user, ${MOST_SECRETS.system} of a system`,
        source: 'assumed of technical users, as applications have it (ias 5c3c35e); of systems ias bbbdbdd',
      },
      ...byPerson,
      policy: {
        ...noPasswordPolicy,
        maximumAge: {
          is: `what is chosen at the console: ${Object.keys(LIVES).join(', ')}`,
          source: 'ias bbbdbdd, 5c3c35e',
        },
      },
    },
  ],

  expand: (manifest) =>
    clientCredentials<SecretProps>(manifest, 'ias-client-secret', TYPE, (declared) => declaration.parse(declared)),

  async inspect(credentials, ctx) {
    const states = credentials.map(async (credential) => {
      const months = LIVES[credential.props.validity];
      const endsAt = ({ createdAt }: { readonly createdAt: number }) =>
        months === undefined ? undefined : monthsAfter(createdAt, months);
      return [credential.address, await stateOf(credential, endsAt, ctx)] as const;
    });
    return new Map(await Promise.all(states));
  },

  minting: {
    by: 'person',
    making(credential) {
      const { of, name, validity } = credential.props;
      return consoleTask(credential, {
        what: 'make a new secret',
        wants: 'secret',
        steps: [
          `Secrets → Add: description "locum ${name}", expire in "${validity}"`,
          `where all ${MOST_SECRETS[of]} are taken, first remove one that nobody uses; not the one that is in use`,
          'copy the secret and give it to Locum: it is shown this once',
        ],
      });
    },
    complete(_credential, _prepared, brought) {
      if (!brought) throw new InvariantError('a secret was asked for');
      // A client ID or a page that was copied instead would be a failed login.
      if (!/^[\x21-\x7e]{8,512}$/.test(brought.reveal())) {
        throw new ConfigError(
          'ERR_CONFIG_SECRET',
          'what was given is no client secret: it has spaces, or a wrong length',
          {
            remedy: 'copy the secret alone, without a line break',
          },
        );
      }
      return brought;
    },
    removing(credential, old) {
      return consoleTask(credential, {
        what: 'remove the old secret',
        wants: 'word',
        // The console shows the first characters of each, since they tell them apart.
        steps: [`Secrets → remove the one that begins with "${old.reveal().slice(0, SECRET_HINT_LENGTH)}"`],
      });
    },
  },

  prove: ({ props }, secret, ctx) => proveAtTenant(props, { clientSecret: secret }, ctx),
};

function monthsAfter(time: number, months: number): number {
  const date = new Date(time);
  return date.setUTCMonth(date.getUTCMonth() + months);
}
