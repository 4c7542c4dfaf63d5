import { z } from 'zod';
import { address } from '../../kernel/address.ts';
import { createBudget } from '../../kernel/budget.ts';
import type { Tls } from '../../kernel/context.ts';
import type { LoginOutcome } from '../../kernel/doctor/logins.ts';
import { RemoteError } from '../../kernel/errors.ts';
import type { JsonObject } from '../../kernel/json.ts';
import type { Manifest } from '../../kernel/manifest/types.ts';
import type { Credential, CredentialState } from '../../kernel/rotate/credential.ts';
import type { Fact } from '../../kernel/rotate/declaration.ts';
import type { Secret } from '../../kernel/secret.ts';
import type { SystemContext } from '../../kernel/system.ts';
import { createHttp } from '../protocols/http/client.ts';
import { clientCredentialsGrant } from '../protocols/oauth/client.ts';
import { declaredCredentials } from '../protocols/oauth/service-credential.ts';
import { tokenError } from '../protocols/oauth/wire.ts';

/** Keys of both kinds of credential of a client at a tenant. */
export const clientKeys = {
  identityProvider: z.string().min(1).describe('Name of the identity provider whose tenant has the client'),
  of: z
    .enum(['technical-user', 'system'])
    .describe('What the client is: an object of Technical Users, or a system as administrator'),
  displayName: z.string().min(1).max(255).describe('Its name in the administration console'),
  clientId: z
    .string()
    .regex(/^[A-Za-z0-9._~-]{1,100}$/, 'the client ID as the administration console shows it')
    .describe('Its client ID, as the administration console shows it'),
};

/** What is the same of secrets and certificates that only the console has. */
export const byPerson = {
  minted: 'a person makes it at the administration console and gives it to Locum',
  proven: 'a token by client credentials',
  retired: 'a person removes it at the console; Locum believes it when one login with it is refused',
} as const;

/** Passwords have these limits; of secrets and certificates of clients none is documented (ias 5c3c35e, c408083). */
export const noPasswordPolicy = {
  minimumAge: undocumented(),
  history: { is: 'none: each is made anew', source: 'ias 5c3c35e' },
  unusedLimit: undocumented(),
} as const;

function undocumented(): Fact {
  return { is: 'none documented', source: 'ias 5c3c35e, c408083' };
}

const declaration = z.object(clientKeys);

/** A client at a tenant that has no API for its credentials: a technical user, or a system as administrator. */
export interface ClientProps extends z.infer<typeof declaration> {
  /** Name of the credential in the manifest. */
  readonly name: string;
  /** Host of the tenant; absent when the manifest has no such identity provider. */
  readonly host?: string;
}

/** The credentials of one kind, each with what only that kind says. */
export function clientCredentials<P extends ClientProps>(
  manifest: Manifest,
  kind: string,
  type: string,
  more: (declared: unknown) => Omit<P, keyof ClientProps>,
): readonly Credential<P>[] {
  const found = declaredCredentials(manifest, kind, (declared) => {
    const keys = declaration.parse(declared);
    const host = manifest.identityProviders.find(({ name }) => name === keys.identityProvider)?.host;
    const props = { ...keys, name: declared.name, ...(host === undefined ? {} : { host }), ...more(declared) } as P;
    return {
      kind: type,
      address: address('ias', kind.replace('ias-', ''), keys.identityProvider, declared.name),
      props,
    };
  });
  return found.map((credential) => ({ ...credential, login: credential.props.clientId }));
}

/** What the vault tells, as the tenant tells nobody. `endsAt` is that of the current version. */
export async function stateOf<P extends ClientProps>(
  { address: subject, vaultName, props }: Credential<P>,
  endsAt: (current: { readonly createdAt: number; readonly secret: Secret }) => number | undefined,
  ctx: SystemContext,
): Promise<CredentialState> {
  const opened = await ctx.vault.open(vaultName, 'current');
  const current = opened && { createdAt: opened.version.createdAt, secret: opened.secret };
  const end = current && endsAt(current);
  return {
    findings: props.host === undefined ? [noProvider(subject, props)] : [],
    ...(current ? { setAt: current.createdAt } : {}),
    ...(end === undefined ? {} : { endsAt: end }),
  };
}

/** What is told of a credential whose identity provider the manifest does not have. */
export function noProvider(subject: string, { identityProvider }: Pick<ClientProps, 'identityProvider'>) {
  return {
    code: 'CREDENTIAL_NO_ACCOUNT',
    severity: 'error' as const,
    subject,
    because: `the manifest has no identity provider '${identityProvider}'`,
    remedy: 'correct `identityProvider` of the credential',
  };
}

/**
 * One client credentials grant at the tenant's token endpoint (ias 67f720d, 5be5692), with a secret or a certificate. A client that is told that it may
 * not use this grant is known, so its secret is right (RFC 6749, section 5.2).
 */
export async function proveAtTenant(
  { host, clientId }: Pick<ClientProps, 'host' | 'clientId'>,
  by: { readonly clientSecret?: Secret; readonly tls?: Tls },
  ctx: SystemContext,
): Promise<Exclude<LoginOutcome<JsonObject>, { status: 'spared' }>> {
  const { clientSecret, tls } = by;
  const budget = createBudget({ concurrency: 4 }, ctx);
  const serviceCodeOf = async (response: Response) => tokenError.safeParse(await response.json()).data?.error;
  const http = createHttp({ system: 'ias', ctx, budget, serviceCodeOf, ...(tls ? { tls } : {}) });
  const tokenUrl = `https://${host}/oauth2/token`;
  try {
    await clientCredentialsGrant(http, ctx.now, { tokenUrl, clientId, ...(clientSecret ? { clientSecret } : {}) });
    return { status: 'accepted', value: { by: 'client credentials grant', host: host ?? '' } };
  } catch (error) {
    if (!(error instanceof RemoteError) || (error.status !== 401 && error.status !== 400)) throw error;
    if (error.serviceCode === 'unauthorized_client')
      return { status: 'accepted', value: { by: 'client authentication', host: host ?? '' } };
    return { status: 'refused', reason: error.serviceCode ?? `status ${error.status}` };
  }
}
