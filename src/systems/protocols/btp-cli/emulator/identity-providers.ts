import type { EmulatorContext } from '../../../../emulation/emulator.ts';
import type { TrustedIdentityProvider, Zone } from '../../../../emulation/world.ts';
import { BTP_CLI_CALLBACK, DEFAULT_ORIGIN_KEY } from '../wire.ts';
import type { StoredSession } from './sessions.ts';

/** Who checks a login, with the application by which the command-line server asks. */
export type LoginProvider = Pick<
  TrustedIdentityProvider,
  'host' | 'originKey' | 'relyingPartyId' | 'relyingPartySecret'
>;

/** The identity provider that `customIdp` (tenant id or host, the `sapBtpCli` of the trust) names; empty = the default one. */
export function chosenProvider(
  ctx: EmulatorContext,
  globalAccount: Zone | undefined,
  customIdp: string,
): LoginProvider | undefined {
  if (customIdp === '') return defaultProvider(ctx);
  return platformProviders(ctx, globalAccount).find(
    ({ host }) => host === customIdp || host.split('.')[0] === customIdp,
  );
}

/** The identity provider at a host, as an issuer names it. */
export function providerAt(
  ctx: EmulatorContext,
  globalAccount: Zone | undefined,
  host: string,
): LoginProvider | undefined {
  const standard = defaultProvider(ctx);
  if (standard?.host === host) return standard;
  return platformProviders(ctx, globalAccount).find((provider) => provider.host === host);
}

function defaultProvider(ctx: EmulatorContext): LoginProvider | undefined {
  const identity = ctx.world.use('identity');
  const standard = identity.tenants().find((tenant) => tenant.default);
  if (!standard) return undefined;
  const application = identity.registerApplication(standard.host, {
    name: 'BTP command-line server',
    redirectUris: [BTP_CLI_CALLBACK],
  });
  return {
    host: standard.host,
    originKey: DEFAULT_ORIGIN_KEY,
    relyingPartyId: application.clientId,
    relyingPartySecret: application.clientSecret,
  };
}

/** Without a global account every platform trust of the landscape counts. */
function platformProviders(ctx: EmulatorContext, globalAccount: Zone | undefined): readonly LoginProvider[] {
  const trust = ctx.world.use('trust');
  const known = globalAccount ? trust.identityProviders(globalAccount.guid) : trust.platformIdentityProviders();
  return known.filter((provider) => provider.type === 'Platform' && provider.active);
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
