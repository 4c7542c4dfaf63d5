import type { Collection, State } from '../../../emulation/state.ts';

/** A client of XSUAA with what its binding says. */
export interface Binding {
  readonly clientId: string;
  readonly clientSecret: string;
  /** `xsappname`. */
  readonly appId: string;
  readonly region: string;
}

export interface IntegrationFlow {
  /** Behind `/http/`. */
  readonly path: string;
  /** Last part of the scope that its caller needs, e.g. `ESBMessaging.send`. */
  readonly role: string;
  readonly csrfProtected: boolean;
}

/** Cloud Integration of a subaccount. */
export interface Tenant extends Binding {
  readonly zone: string;
  readonly subdomain: string;
  readonly host: string;
  readonly flows: readonly IntegrationFlow[];
  /** Client ids of the service keys. */
  readonly keys: readonly string[];
}

/** What a runtime knows a caller by who showed a cookie, until it forgets. */
export interface Session {
  readonly id: string;
  readonly zone: string;
  /** Name in the Basic header that began it, lower case; absent after a bearer token. */
  readonly basicName?: string;
  readonly principal: string;
  /** As they were when it began. */
  readonly scopes: readonly string[];
  readonly csrfToken: string;
  /** Epoch milliseconds. */
  readonly usedAt: number;
}

/** Roles of a user as the runtime read them last. */
export interface KnownRoles {
  readonly scopes: readonly string[];
  /** Epoch milliseconds. */
  readonly readAt: number;
}

/** An application that validates tokens and tells what it sees in them. */
export interface DemoApplication extends Binding {
  readonly zone: string;
  readonly host: string;
}

export interface IntegrationStore {
  /** By host. */
  readonly tenants: Collection<Tenant>;
  /** By id. */
  readonly sessions: Collection<Session>;
  /** By zone and principal. */
  readonly roles: Collection<KnownRoles>;
  /** By host. */
  readonly applications: Collection<DemoApplication>;
}

export function openIntegrationStore(state: State): IntegrationStore {
  return {
    tenants: state.collection('integration/tenants'),
    sessions: state.collection('integration/sessions'),
    roles: state.collection('integration/roles'),
    applications: state.collection('integration/applications'),
  };
}
