import type { EmulatorContext } from '../../../../emulation/emulator.ts';
import type { Zone } from '../../../../emulation/world.ts';
import { chosenProvider, type LoginProvider, providerAt } from './identity-providers.ts';
import { assertionProof, idTokenProof, type Proof, passwordProof } from './proof.ts';
import type { Sessions, StoredSession } from './sessions.ts';

export interface LoginAttempt {
  readonly customIdp: string;
  readonly subdomain: string;
  readonly userName: string;
  readonly password: string;
  /** In place of name and password; empty = none. */
  readonly jwt: string;
}

export type LoginVerdict =
  | { readonly status: 200; readonly session: StoredSession }
  /** 400 unreadable token; 401 wrong credentials, for whatever reason; 403 no access to the global account; 404 no such one; 504 no answer. */
  | { readonly status: 400 | 401 | 403 | 404 | 504 };

/** Decides a login (notes §1.5): whoever it is has to be proven where the identity lives, at the identity provider. */
export async function logIn(ctx: EmulatorContext, sessions: Sessions, attempt: LoginAttempt): Promise<LoginVerdict> {
  const { subdomain, userName, password, jwt } = attempt;
  const globalAccount = globalAccountOf(ctx, subdomain);
  if (subdomain !== '' && !globalAccount) return { status: 404 };
  const provider = chosenProvider(ctx, globalAccount, attempt.customIdp);
  // assumed: a custom identity provider that the global account does not trust is answered like a wrong password.
  if (!provider) return { status: 401 };
  const proof = await (jwt === ''
    ? passwordProof(ctx, provider, userName, password)
    : assertionProof(ctx, provider, jwt));
  return admit(ctx, sessions, globalAccount, provider, proof);
}

/** SAP's own tools hand over an id token that they have already; its issuer says which identity provider it is of. */
export async function logInByIdToken(
  ctx: EmulatorContext,
  sessions: Sessions,
  { subdomain, idToken }: { readonly subdomain: string; readonly idToken: string },
): Promise<LoginVerdict> {
  const globalAccount = globalAccountOf(ctx, subdomain);
  if (subdomain !== '' && !globalAccount) return { status: 404 };
  const checked = await idTokenProof(ctx, idToken, (host) => providerAt(ctx, globalAccount, host));
  if ('status' in checked) return checked;
  return admit(ctx, sessions, globalAccount, checked.provider, checked.proof);
}

/** Lets somebody in whose identity is proven, and who may do anything at all in the global account. */
export function admit(
  ctx: EmulatorContext,
  sessions: Sessions,
  globalAccount: Zone | undefined,
  provider: Pick<LoginProvider, 'host' | 'originKey'>,
  proof: Proof,
): LoginVerdict {
  if (proof.status === 'refused') return { status: 401 };
  if (proof.status === 'unreachable') return { status: 504 };
  if (globalAccount && !hasAccess(ctx, globalAccount, proof.mail, provider.originKey)) return { status: 403 };
  const session = sessions.open(proof.mail, provider.host);
  return session ? { status: 200, session } : { status: 401 };
}

export function globalAccountOf(ctx: EmulatorContext, subdomain: string): Zone | undefined {
  return subdomain === '' ? undefined : ctx.world.use('accounts').globalAccountBySubdomain(subdomain);
}

/** Whether the user may read anything anywhere in the global account; without that the server answers 403. */
function hasAccess(ctx: EmulatorContext, globalAccount: Zone, user: string, originKey: string): boolean {
  const authorization = ctx.world.use('authorization');
  return ctx.world
    .use('accounts')
    .zones()
    .some(
      (zone) =>
        zone.globalAccount === globalAccount.guid &&
        authorization.roleCollections(zone.guid, user, originKey).length > 0,
    );
}
