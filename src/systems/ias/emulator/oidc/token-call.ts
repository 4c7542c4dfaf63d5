import type { GrantType } from '../rows/application-settings.ts';
import type { Services } from '../services.ts';
import type { Tenant } from '../store.ts';
import type { AuthenticatedClient } from './client-authentication.ts';
import type { Wishes } from './wishes.ts';

/** A request at the token endpoint whose client is who it says. */
export interface TokenCall extends AuthenticatedClient {
  readonly services: Services;
  readonly tenant: Tenant;
  readonly request: Request;
  readonly params: URLSearchParams;
  readonly wishes: Wishes;
  readonly grantType: GrantType;
}
