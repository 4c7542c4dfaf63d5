import { z } from 'zod';
import { address } from '../../kernel/address.ts';
import { RemoteError } from '../../kernel/errors.ts';
import type { Manifest } from '../../kernel/manifest/types.ts';
import type { Credential, CredentialKind, CredentialState } from '../../kernel/rotate/credential.ts';
import type { Secret } from '../../kernel/secret.ts';
import type { SystemContext } from '../../kernel/system.ts';
import { unlessLost } from '../../kernel/vault/lost.ts';
import { declaredCredentials } from '../protocols/oauth/service-credential.ts';
import { applicationClient, type SeenApplication } from './application-client.ts';
import { clientKeys, noPasswordPolicy, noProvider, proveAtTenant } from './client-credential.ts';
import { connectionsOf } from './connections.ts';
import { type ApplicationSecret, AUTHORIZATION_SCOPES, SECRET_HINT_LENGTH } from './wire.ts';

const DAY = 86_400_000;

/** `locum rotate --due` replaces a secret 14 days before it ends; one that lives no longer would be replaced each time. */
const SHORTEST_MS = 15 * DAY;

const VALIDITY = /^(never|[1-9]\d{0,4}d)$/;

/** Keys of `kind: ias-application-secret`. */
export const applicationSecretKeys = {
  identityProvider: clientKeys.identityProvider,
  clientId: clientKeys.clientId.describe('Client ID of the application, as the administration console shows it'),
  validity: z
    .string()
    .regex(VALIDITY, 'a duration in days, such as 90d, or never')
    .refine(
      (text) => !VALIDITY.test(text) || (lifeOf(text) ?? SHORTEST_MS) >= SHORTEST_MS,
      'at least 15d: it is replaced 14 days before its end',
    )
    .default('365d')
    .describe('How long a secret lives, such as 90d, or `never`; default 365d'),
  scopes: z
    .array(z.enum(AUTHORIZATION_SCOPES))
    .refine((scopes) => scopes.includes('oAuth'), 'with oAuth: else nobody can get a token with it, and prove it')
    .default(['oAuth'])
    .describe('What a secret is good for; default oAuth, which is OpenID in the console'),
};

const declaration = z.object(applicationSecretKeys);

interface ApplicationSecretProps extends z.infer<typeof declaration> {
  /** Name of the credential in the manifest. */
  readonly name: string;
  /** Of the manifest and the credential; the description of each secret of ours begins with it. */
  readonly mark: string;
  /** Host of the tenant; absent when the manifest has no such identity provider. */
  readonly host?: string;
}

const TYPE = 'ias/application-secret';

/** Secrets that an application may have (ias 5c3c35e). */
const MOST_SECRETS = 20;

/** Failed logins that lock a client ID for an hour (ias 665b9e0). */
const LOCK_AFTER = 5;

/**
 * Secrets of an application of IAS, which is a client of its own: client credentials, token exchange, a broker. Up to 20 are valid side by side
 * (ias 5c3c35e), made and deleted by the Application Configurations API, each with its end. The tenant tells neither when one was made nor whether
 * it is used.
 */
export const iasApplicationSecret: CredentialKind<ApplicationSecretProps> = {
  kind: TYPE,
  slots: MOST_SECRETS,
  declares: [
    {
      name: 'ias-application-secret',
      title: 'secret of an IAS application',
      declaredAs: '`credentials`, `kind: ias-application-secret`',
      validAtOnce: { is: String(MOST_SECRETS), source: 'ias 5c3c35e' },
      minted: 'the tenant makes it, by the Application Configurations API, with an end of its own',
      proven: 'a token by client credentials',
      retired: 'deleted by the same API; that it is gone is looked up in the list',
      policy: {
        ...noPasswordPolicy,
        maximumAge: { is: 'what `validity` says, or none with `never`', source: 'manifest' },
      },
    },
  ],

  expand: (manifest) =>
    declaredCredentials(manifest, 'ias-application-secret', (declared) => propsOf(declared, manifest)).map(
      (credential) => ({ ...credential, login: credential.props.clientId }),
    ),

  async inspect(credentials, ctx) {
    const states = credentials.map(async (credential) => [credential.address, await stateOf(credential, ctx)] as const);
    return new Map(await Promise.all(states));
  },

  minting: {
    by: 'service',

    async issue({ props }, rotation, ctx) {
      const { client, application } = await applicationOf(props, ctx);
      const life = lifeOf(props.validity);
      const { id, secret } = await client.addSecret(application.id, {
        description: `${props.mark} ${rotation}`,
        scopes: props.scopes,
        ...(life === undefined ? {} : { endsAt: ctx.now() + life }),
      });
      return { secret, slot: id };
    },

    async retire({ props }, slot, ctx) {
      const { client, application } = await applicationOf(props, ctx);
      await client.removeSecret(application.id, slot);
      // Looked at, since a login that is refused would count towards the lock of the client ID.
      const left = await client.secrets(application.id);
      if (!left.some(({ id }) => id === slot)) return { gone: true };
      throw new RemoteError('ERR_REMOTE_BROKEN', {
        system: 'ias',
        operation: 'delete secret of application',
        status: 200,
        remedy: `see the secrets of "${application.name}" at https://${props.host}/admin; then \`locum rotate ${props.name}\` goes on`,
      });
    },
  },

  prove: ({ props }, secret, ctx) => proveAtTenant(props, { clientSecret: secret }, ctx),

  async unlock({ props }, ctx) {
    const { client, application } = await applicationOf(props, ctx);
    await client.unlock(application.id);
  },
};

/** Milliseconds; undefined = for ever. */
function lifeOf(validity: string): number | undefined {
  return validity === 'never' ? undefined : Number.parseInt(validity, 10) * DAY;
}

function propsOf(
  declared: Manifest['credentials'][number],
  manifest: Manifest,
): Pick<Credential<ApplicationSecretProps>, 'kind' | 'address' | 'props'> {
  const keys = declaration.parse(declared);
  const host = manifest.identityProviders.find(({ name }) => name === keys.identityProvider)?.host;
  const { name } = declared;
  return {
    kind: TYPE,
    address: address('ias', 'application-secret', keys.identityProvider, name),
    props: { ...keys, name, mark: `locum ${manifest.name}/${name}`, ...(host === undefined ? {} : { host }) },
  };
}

async function stateOf(
  { address: subject, props, vaultName }: Credential<ApplicationSecretProps>,
  ctx: SystemContext,
): Promise<CredentialState> {
  const { host, identityProvider, clientId, mark } = props;
  if (host === undefined) return { findings: [noProvider(subject, props)] };
  const finding = (code: string, because: string, remedy: string): CredentialState => ({
    findings: [{ code, severity: 'error', subject, because, remedy }],
  });
  if (!connectionsOf(ctx.manifest)[identityProvider]) {
    const remedy = `add connections.ias.${identityProvider}: a system administrator with Manage Applications`;
    return finding('IAS_CONNECTION_MISSING', `the manifest has no connection to ${identityProvider}`, remedy);
  }
  const client = await applicationClient(ctx, host);
  const application = await client.find(clientId);
  if (!application) {
    const remedy =
      'correct `clientId` of the credential: the administration console shows it under Trust → Client Authentication';
    return finding('IAS_APPLICATION_MISSING', `${host} has no application with the client ID ${clientId}`, remedy);
  }
  const secrets = await client.secrets(application.id);
  const slots = secrets.map((one) => slotOf(one, mark));
  const current = await unlessLost(ctx.vault.open(vaultName, 'current'));
  const endsAt = current && endOf(current.secret, secrets, mark);
  return {
    findings: [],
    slots,
    ...(endsAt === undefined ? {} : { endsAt }),
    ...(application.locks ? lockOf(application) : {}),
  };
}

function lockOf({ failedLogins }: SeenApplication): Pick<CredentialState, 'failedLogins' | 'locked' | 'policy'> {
  return {
    failedLogins,
    locked: failedLogins >= LOCK_AFTER,
    policy: { name: 'lock of the client ID', lockAfter: LOCK_AFTER },
  };
}

function slotOf({ id, description, validTo }: ApplicationSecret, mark: string) {
  const rotation = rotationOf(description, mark);
  const end = Date.parse(validTo ?? '');
  return {
    id,
    ...(rotation === undefined ? {} : { rotation }),
    ...(Number.isNaN(end) ? {} : { expiresAt: end }),
  };
}

/** The rotation that made a secret; undefined for one of somebody else. */
function rotationOf(description: string | undefined, mark: string): string | undefined {
  return description?.startsWith(`${mark} `) ? description.slice(mark.length + 1) : undefined;
}

/** When the secret of the vault ends, of those that rotations made: told apart by how it begins. */
function endOf(current: Secret, secrets: readonly ApplicationSecret[], mark: string): number | undefined {
  const hint = current.reveal().slice(0, SECRET_HINT_LENGTH);
  const own = secrets.find((one) => one.hint === hint && rotationOf(one.description, mark) !== undefined);
  const end = Date.parse(own?.validTo ?? '');
  return Number.isNaN(end) ? undefined : end;
}

async function applicationOf({ host = '', clientId }: ApplicationSecretProps, ctx: SystemContext) {
  const client = await applicationClient(ctx, host);
  const application = await client.find(clientId);
  if (application) return { client, application };
  throw new RemoteError('ERR_REMOTE_NOT_FOUND', {
    system: 'ias',
    operation: 'find application',
    status: 404,
    remedy: `look whether ${host} still has the application with the client ID ${clientId}`,
  });
}
