import type { EmulatorContext } from '../../../emulation/emulator.ts';
import type { createTokenVerifier } from '../../protocols/oauth/emulator/token-verifier.ts';
import type { TokenKeys } from '../../protocols/oauth/emulator.ts';
import type { RateLimit } from './limits.ts';
import type { OidcStore } from './oidc/store.ts';
import type { Store, Tenant } from './store.ts';

export interface PasswordHashes {
  hash(password: string): Promise<string>;
  verify(hashed: string, password: string): Promise<boolean>;
}

/** What the semantics of the tenants work with. */
export interface Services {
  readonly ctx: EmulatorContext;
  readonly store: Store;
  readonly oidc: OidcStore;
  readonly hashes: PasswordHashes;
  readonly scimLimit: RateLimit;
  readonly oauthLimit: RateLimit;
  /** Verifies tokens that others signed, by the keys at a URL. */
  readonly verifyForeign: ReturnType<typeof createTokenVerifier>;
  /** Signing keys of a tenant; one instance per tenant, so that its keys are made once. */
  tokenKeys(tenant: Tenant): TokenKeys;
}
