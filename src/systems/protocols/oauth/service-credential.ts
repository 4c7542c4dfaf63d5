import { z } from 'zod';
import { createBudget } from '../../../kernel/budget.ts';
import type { Tls } from '../../../kernel/context.ts';
import type { LoginOutcome } from '../../../kernel/doctor/logins.ts';
import { RemoteError } from '../../../kernel/errors.ts';
import type { FindingKind } from '../../../kernel/finding.ts';
import type { JsonObject } from '../../../kernel/json.ts';
import type { DeclaredCredential, Manifest } from '../../../kernel/manifest/types.ts';
import type { Credential, CredentialState } from '../../../kernel/rotate/credential.ts';
import type { KindDeclaration } from '../../../kernel/rotate/declaration.ts';
import { Secret } from '../../../kernel/secret.ts';
import type { SystemContext } from '../../../kernel/system.ts';
import { createHttp } from '../http/client.ts';
import { clientCredentialsGrant } from './client.ts';

/** Of keys, bindings and API credentials services name no limit; more than a rotation ever needs. */
export const MOST_SLOTS = 20;

/** What is the same of every secret that a service makes for a program. @param source where a limit would stand */
export function serviceMade(source: string): Pick<KindDeclaration, 'validAtOnce' | 'proven' | 'policy'> {
  const none = { is: 'none documented', source };
  return {
    validAtOnce: { is: `several: no limit is documented, a rotation keeps to ${MOST_SLOTS}`, source },
    proven: 'a token by client credentials, where it holds an OAuth client',
    policy: {
      minimumAge: none,
      history: { is: 'none: the service makes each anew', source },
      maximumAge: {
        is: 'none, but of certificates (`certificate_expires_at`) and of SAP Credential Store (`expires_at`)',
        source: 'btp 517895a, credential-store 7202e7a',
      },
      unusedLimit: none,
    },
  };
}

/** Who fetches tokens with a service key. */
export interface OAuthClient {
  readonly clientId: string;
  readonly clientSecret?: Secret;
  readonly tls?: Tls;
  readonly tokenUrl: string | undefined;
}

/** The client of a binding of type x509, and of any other. */
const client = z.union([
  z
    .looseObject({ clientid: z.string(), certificate: z.string(), key: z.string().min(1), certurl: z.string() })
    .transform(
      ({ clientid: clientId, certificate: cert, key, certurl }): OAuthClient => ({
        clientId,
        tls: { cert, key: new Secret(key) },
        tokenUrl: tokenUrlAt(certurl),
      }),
    ),
  z
    .looseObject({
      clientid: z.string(),
      clientsecret: z.string(),
      /** Base URL of the XSUAA of the subaccount. */
      url: z.string().optional(),
      tokenurl: z.string().optional(),
    })
    .transform(
      ({ clientid: clientId, clientsecret, url, tokenurl }): OAuthClient => ({
        clientId,
        clientSecret: new Secret(clientsecret),
        tokenUrl: url === undefined ? tokenurl : tokenUrlAt(url),
      }),
    ),
]);
const serviceCredential = z.union([client, z.looseObject({ uaa: client }).transform(({ uaa }) => uaa)]);

const withUrl = z.looseObject({ url: z.string() });

/** The OAuth client of a service key, and the URL of the service where the key says it at the top; undefined when it has none. */
export function readServiceClient(
  secret: Secret,
): { readonly client: OAuthClient; readonly url: string | undefined } | undefined {
  const json = readJson(secret);
  const parsed = serviceCredential.safeParse(json);
  return parsed.success ? { client: parsed.data, url: withUrl.safeParse(json).data?.url } : undefined;
}

/**
 * Proves the JSON of a service key, binding or API credential by a client credentials grant: the client stands at the top
 * (XSUAA, Destination service) or under `uaa` (most others). One without a client can't be proven here, which is said.
 */
export async function proveClient(
  secret: Secret,
  ctx: SystemContext,
): Promise<Exclude<LoginOutcome<JsonObject>, { status: 'spared' }>> {
  const parsed = serviceCredential.safeParse(readJson(secret));
  if (!parsed.success) return { status: 'accepted', value: { unproven: 'it holds no OAuth client with a secret' } };
  const { tls, tokenUrl, ...found } = parsed.data;
  if (tokenUrl === undefined) return { status: 'accepted', value: { unproven: 'it names no token service' } };
  const budget = createBudget({ concurrency: 4 }, ctx);
  const http = createHttp({ system: 'oauth', ctx, budget, ...(tls ? { tls } : {}) });
  try {
    await clientCredentialsGrant(http, ctx.now, { tokenUrl, ...found });
    return { status: 'accepted', value: { by: 'client credentials grant' } };
  } catch (error) {
    if (!(error instanceof RemoteError) || (error.status !== 401 && error.status !== 400)) throw error;
    return { status: 'refused', reason: error.serviceCode ?? `status ${error.status}` };
  }
}

/** The entries of `credentials` of one kind, each with what its slice makes of it. */
export function declaredCredentials<P>(
  manifest: Manifest,
  kind: string,
  make: (declared: DeclaredCredential) => Pick<Credential<P>, 'kind' | 'address' | 'props'>,
): readonly Credential<P>[] {
  return manifest.credentials
    .filter((declared) => declared.kind === kind)
    .map((declared) => ({
      ...make(declared),
      vaultName: `${manifest.name}/${declared.name}`,
      user: declared.name,
    }));
}

/** For `locum explain`. */
export const credentialFindings: readonly FindingKind[] = [
  {
    code: 'CREDENTIAL_NO_ACCOUNT',
    title: 'a credential is declared for an account that is not there',
    explanation:
      'The subaccount, or its space, is not found by its name, which is case-sensitive; or the login of the connection may not see it.',
  },
  {
    code: 'CREDENTIAL_NO_INSTANCE',
    title: 'a credential is declared for a service instance that is not there',
    explanation: 'Service keys and bindings hang on an instance. Correct its name, or create the instance first.',
  },
];

/** What is told of a credential whose account is not there. */
export function missingSubaccount(subject: string, subaccount: string): CredentialState {
  return {
    findings: [
      {
        code: 'CREDENTIAL_NO_ACCOUNT',
        severity: 'error',
        subject,
        because: `there is no subaccount '${subaccount}', or this login may not see it`,
        remedy: 'correct `subaccount` of the credential',
      },
    ],
  };
}

function tokenUrlAt(base: string): string {
  return `${base.replace(/\/$/, '')}/oauth/token`;
}

function readJson(secret: Secret): unknown {
  try {
    return JSON.parse(secret.reveal());
  } catch {
    return undefined;
  }
}
