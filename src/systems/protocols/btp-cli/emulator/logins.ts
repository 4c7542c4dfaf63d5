import type { EmulatorContext } from '../../../../emulation/emulator.ts';
import type { TrustedIdentityProvider, Zone } from '../../../../emulation/world.ts';
import { DEFAULT_ORIGIN_KEY } from '../wire.ts';
import { type PasswordCheck, passwordCheck } from './password.ts';
import type { Sessions, StoredSession } from './sessions.ts';

export interface LoginAttempt {
  readonly customIdp: string;
  readonly subdomain: string;
  readonly userName: string;
  readonly password: string;
}

export type LoginVerdict =
  | { readonly status: 200; readonly session: StoredSession }
  /** 401 wrong credentials, for whatever reason; 403 no access to the global account; 404 no such one; 504 no answer. */
  | { readonly status: 401 | 403 | 404 | 504 };

/** Decides a login (notes §1.5): the password is checked where it lives, at the identity provider. */
export async function logIn(ctx: EmulatorContext, sessions: Sessions, attempt: LoginAttempt): Promise<LoginVerdict> {
  const globalAccount = attempt.subdomain === '' ? undefined : globalAccountOf(ctx, attempt.subdomain);
  if (attempt.subdomain !== '' && !globalAccount) return { status: 404 };
  const identityProvider = chosenProvider(ctx, globalAccount, attempt.customIdp);
  // assumed: a custom identity provider that the global account does not trust is answered like a wrong password.
  if (!identityProvider) return { status: 401 };
  const checked: PasswordCheck = await passwordCheck(ctx, identityProvider, attempt.userName, attempt.password);
  if (checked.status === 'refused') return { status: 401 };
  if (checked.status === 'unreachable') return { status: 504 };
  if (globalAccount && !hasAccess(ctx, globalAccount, checked.mail, identityProvider.originKey)) return { status: 403 };
  const session = sessions.open(checked.mail, identityProvider.host);
  return session ? { status: 200, session } : { status: 401 };
}

export function globalAccountOf(ctx: EmulatorContext, subdomain: string): Zone | undefined {
  return ctx.world.use('accounts').globalAccountBySubdomain(subdomain);
}

/** The identity provider that `customIdp` (tenant id or host, the `sapBtpCli` of the trust) names. */
function chosenProvider(
  ctx: EmulatorContext,
  globalAccount: Zone | undefined,
  customIdp: string,
): Pick<TrustedIdentityProvider, 'host' | 'originKey' | 'relyingPartyId' | 'relyingPartySecret'> | undefined {
  if (customIdp === '') {
    const identity = ctx.world.use('identity');
    const standard = identity.tenants().find((tenant) => tenant.default);
    if (!standard) return undefined;
    const application = identity.registerApplication(standard.host, { name: 'BTP command-line server' });
    return {
      host: standard.host,
      originKey: DEFAULT_ORIGIN_KEY,
      relyingPartyId: application.clientId,
      relyingPartySecret: application.clientSecret,
    };
  }
  const trust = ctx.world.use('trust');
  const known = globalAccount ? trust.identityProviders(globalAccount.guid) : trust.platformIdentityProviders();
  return known.find(
    (provider) =>
      provider.type === 'Platform' &&
      provider.active &&
      (provider.host === customIdp || provider.host.split('.')[0] === customIdp),
  );
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

/** Origin key by which a global account knows the identity provider of a session. */
export function originKeyOf(ctx: EmulatorContext, session: StoredSession, globalAccount: Zone): string | undefined {
  const isDefault = ctx.world
    .use('identity')
    .tenants()
    .some((tenant) => tenant.default && tenant.host === session.issuer);
  if (isDefault) return DEFAULT_ORIGIN_KEY;
  return ctx.world
    .use('trust')
    .identityProviders(globalAccount.guid)
    .find((provider) => provider.type === 'Platform' && provider.host === session.issuer)?.originKey;
}
