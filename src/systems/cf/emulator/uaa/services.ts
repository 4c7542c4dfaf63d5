import type { EmulatorContext } from '../../../../emulation/emulator.ts';
import { createVerifiedSecrets, type VerifiedSecrets } from '../../../protocols/oauth/emulator/secrets.ts';
import { type Landscapes, type PasswordPolicy, urlOf } from '../landscapes.ts';
import { type OidcProvider, oidcProviders } from './login/providers.ts';
import { createProxiedLogin, type ProxiedLogin } from './login/proxied-login.ts';
import type { UaaStore } from './store.ts';
import { createTokens, type Tokens } from './tokens/tokens.ts';

/** UAA CachingPasswordEncoder, which checks the secrets of clients. */
const CLIENT_SECRET_KNOWN_MS = 5 * 60_000;

/** The UAA of one landscape, without HTTP: what its semantics work with. */
export interface Uaa {
  readonly landscape: string;
  readonly ctx: EmulatorContext;
  readonly store: UaaStore;
  readonly tokens: Tokens;
  readonly proxied: ProxiedLogin;
  /** Secrets of clients that were found right; those of users are hashed each time. */
  readonly clientSecrets: VerifiedSecrets;
  /** Active OIDC identity providers. */
  providers(): readonly OidcProvider[];
  passwordPolicy(): PasswordPolicy;
  /** Production URL of the token endpoint, the audience of client assertions. */
  readonly tokenEndpoint: string;
}

export function createUaa(ctx: EmulatorContext, store: UaaStore, landscapes: Landscapes, landscape: string): Uaa {
  return {
    landscape,
    ctx,
    store,
    tokens: createTokens(ctx, store, landscapes, landscape),
    proxied: createProxiedLogin(ctx),
    clientSecrets: createVerifiedSecrets(ctx, CLIENT_SECRET_KNOWN_MS),
    providers: () => oidcProviders(ctx.world, landscape),
    passwordPolicy: () => landscapes.get(landscape)?.passwordPolicy ?? {},
    tokenEndpoint: `${urlOf('uaa', landscape)}/oauth/token`,
  };
}
