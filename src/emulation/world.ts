/**
 * What the emulated services know of each other. At SAP these are internal calls; here they are ports that one
 * emulator provides and others use. Only facts cross, never HTTP: what crosses a wire at SAP crosses one here too
 * (UAA logs in at IAS by `ctx.fetch`).
 */

export interface Zone {
  /** GUID of the global account, directory or subaccount. */
  readonly guid: string;
  readonly kind: 'global-account' | 'directory' | 'subaccount';
  readonly displayName: string;
  /** Subdomain; a directory's is its GUID. */
  readonly subdomain: string;
  /** Region such as `eu10`. */
  readonly region: string;
  /** GUID of the global account. */
  readonly globalAccount: string;
  /** GUID of the directory or global account above. */
  readonly parent?: string;
  /** Whether it has users and role collections of its own (a directory only with the AUTHORIZATIONS feature). */
  readonly authorizations: boolean;
}

/** Provided by `accounts`. */
export interface AccountsPort {
  zone(guid: string): Zone | undefined;
  globalAccountBySubdomain(subdomain: string): Zone | undefined;
  zoneBySubdomain(subdomain: string, region: string): Zone | undefined;
  subaccountByName(globalAccountSubdomain: string, displayName: string): Zone | undefined;
  zones(): readonly Zone[];
}

export type TrustProtocol = 'OpenID Connect' | 'SAML';

/** An identity provider as a zone or a CF landscape trusts it. */
export interface TrustedIdentityProvider {
  /** `sap.default`, `sap.custom`, `<x>-platform`. */
  readonly originKey: string;
  readonly name: string;
  readonly type: 'Application' | 'Platform';
  /** IAS host; `accounts.sap.com` for the default identity provider. */
  readonly host: string;
  /** Whom its tokens have to name as their issuer, as the trust has it from the tenant. @default https://<host> */
  readonly issuer?: string;
  /** How sign-ins travel. Over SAML there is no password grant (btp:fd5865e). @default OpenID Connect */
  readonly protocol?: TrustProtocol;
  /** Application that the trust registered at the identity provider. */
  readonly relyingPartyId: string;
  readonly relyingPartySecret: string;
  readonly active: boolean;
  readonly createShadowUsers: boolean;
  /** Whether the logon page of applications offers it. @default true */
  readonly availableForUserLogon?: boolean;
  /** What the logon page calls it. @default the origin key */
  readonly linkText?: string;
  /** Origin key in CF UAA; absent = not known there. */
  readonly originKeyCfuaa?: string;
  /** GUID of the global account. */
  readonly globalAccount: string;
}

/** Provided by `trust`. */
export interface TrustPort {
  /** Identity providers of a zone: own, inherited platform ones, and `sap.default`. */
  identityProviders(zoneGuid: string): readonly TrustedIdentityProvider[];
  /** Whether a zone has such an identity provider; for who asks about many zones, as nothing of it is put together. */
  trusts(zoneGuid: string, originKey: string): boolean;
  /** Every platform trust of the landscape, of whichever global account; CF UAA knows them all. */
  platformIdentityProviders(): readonly TrustedIdentityProvider[];
}

/** Provided by `ias`. */
export interface IdentityPort {
  /** Hosts of the IAS tenants, with `accounts.sap.com` as the default identity provider. */
  tenants(): readonly {
    readonly id: string;
    readonly host: string;
    readonly default: boolean;
    /** @default https://<host> */
    readonly issuer?: string;
  }[];
  /** Registers (or finds, by name) the application of a trust; gives its client credentials. */
  registerApplication(
    host: string,
    application: {
      readonly name: string;
      /** Where sign-ins may return to; added to those that the application has. @default none */
      readonly redirectUris?: readonly string[];
    },
  ): { readonly id: string; readonly clientId: string; readonly clientSecret: string };
  /**
   * Names of the applications below the one with this client id, as subscriptions and instances of the Identity service
   * make them; a trust that has some can't be deleted. Absent = there are never any.
   */
  applicationsBelow?(host: string, clientId: string): readonly string[];
}

/** Provided by `authz`. */
export interface AuthorizationPort {
  /** Role collections of a user in a zone; empty when there is no shadow user. */
  roleCollections(zoneGuid: string, userName: string, originKey: string): readonly string[];
  /** Names of the role templates in those role collections, e.g. `Subaccount_Viewer`; what the services check. */
  roles(zoneGuid: string, userName: string, originKey: string): readonly string[];
  /** Forgets the shadow users of an identity provider, as XSUAA does when its trust is deleted. */
  removeShadowUsers(zoneGuid: string, originKey: string): void;
  /**
   * Assigns a role collection of a zone, with the shadow user made if it is missing: to the creator of a subaccount or
   * directory, and on the emergency path of an administrator of the global account. Absent = nobody is made administrator.
   */
  assignRoleCollection?(
    zoneGuid: string,
    user: { readonly userName: string; readonly email: string; readonly originKey: string },
    roleCollection: string,
  ): void;
  /** Creates the shadow user of a zone if it is missing. */
  ensureShadowUser(
    zoneGuid: string,
    user: { readonly userName: string; readonly email: string; readonly originKey: string },
  ): void;
  /** Registers an OAuth client in the XSUAA of a zone, as a service broker does for a binding. */
  registerClient(client: {
    readonly zone: string;
    readonly clientId: string;
    readonly clientSecret?: string;
    /** PEM of the certificate that stands for the client instead of a secret. */
    readonly certificate?: string;
    readonly scopes: readonly string[];
    readonly serviceInstanceId?: string;
    /** Application that the client belongs to: its users get the scopes of the roles that they hold of it. @default none */
    readonly appId?: string;
  }): void;
  /** Forgets a client's secret or certificate, as a broker does when its binding is deleted; its other ones stay good. */
  removeClient(client: {
    readonly zone: string;
    readonly clientId: string;
    readonly clientSecret?: string;
    readonly certificate?: string;
  }): void;
  /**
   * Makes an application known in a zone, as a subscription or a service instance does: a role for each of its role
   * templates, of the same name.
   */
  registerApplication(application: Application): void;
}

/** What an application's security descriptor (`xs-security.json`) brings into a zone. */
export interface Application {
  readonly zone: string;
  /** `xsappname`, e.g. `it-rt!b18631`. */
  readonly appId: string;
  readonly roleTemplates: readonly {
    readonly name: string;
    readonly description: string;
    /** Whole names: `it-rt!b18631.ESBMessaging.send`. */
    readonly scopes: readonly string[];
    /** What the role of the template has as `attributeList`. @default none */
    readonly attributes?: readonly Readonly<Record<string, unknown>>[];
  }[];
  readonly roleCollections: readonly {
    readonly name: string;
    readonly description: string;
    /** Names of role templates above. */
    readonly roleTemplates: readonly string[];
  }[];
  /** `oauth2-configuration`; each has SAP's default when absent. */
  readonly oauth2?: {
    /** Seconds. @default 43200, or what the zone's settings say */
    readonly tokenValidity?: number;
    /** Seconds. @default 604800, or what the zone's settings say */
    readonly refreshTokenValidity?: number;
    /** May have wildcards: `https://*.example.com/callback/**`. @default none; localhost is always allowed */
    readonly redirectUris?: readonly string[];
    /** What `xs.system.attributes` of user tokens holds. @default both */
    readonly systemAttributes?: readonly ('groups' | 'rolecollections')[];
  };
}

/** Who changed what, as a service writes it to the audit log of a tenant. */
export interface AuditEntry {
  /** GUID of the global account, directory or subaccount. */
  readonly zone: string;
  readonly category: 'audit.security-events' | 'audit.configuration' | 'audit.data-access' | 'audit.data-modification';
  /** User name; absent = a flow without a user. */
  readonly user?: string;
  /** What becomes the JSON text in `message.data`. */
  readonly data: Readonly<Record<string, unknown>>;
}

/** Provided by `audit`; a composition without it keeps no audit log. */
export interface AuditPort {
  record(entry: AuditEntry): void;
}

/** What an XSUAA API answers; the command-line server tunnels the very same. */
export interface ServiceAnswer {
  readonly status: number;
  readonly json?: unknown;
  readonly text?: string;
}

/**
 * Provided by `trust`: its part of XSUAA's REST API. Authorization is the caller's business.
 */
export interface TrustAdministrationPort {
  administer(
    call: {
      readonly zone: Zone;
      readonly params: Readonly<Record<string, string>>;
      /** Who is named in the audit log. */
      readonly user?: string;
    },
    action: 'list' | 'get' | 'create' | 'update' | 'delete' | 'listRecords' | 'getRecord' | 'listTenants' | 'getTenant',
  ): ServiceAnswer;
}

/** Provided by `cf`. */
export interface CloudFoundryPort {
  /** The org behind a subaccount, if it has one. */
  org(subaccountGuid: string): { readonly guid: string; readonly name: string; readonly landscape: string } | undefined;
  /** Origin keys and names of users that hold a role in the org or its spaces. */
  usersWithRole(subaccountGuid: string): readonly { readonly userName: string; readonly originKey: string }[];
  /** Every CF landscape, e.g. `eu10-004` of region `eu10`. */
  landscapes(): readonly { readonly name: string; readonly region: string }[];
  /**
   * Makes the org of a subaccount's environment, as the environment broker does; undefined when the name is taken in the
   * landscape. The managers are made known to UAA. Absent = no orgs can be made.
   */
  createOrg?(org: {
    readonly subaccount: string;
    readonly landscape: string;
    readonly name: string;
    readonly managers: readonly { readonly userName: string; readonly originKey: string }[];
  }): { readonly guid: string } | undefined;
  /** Removes the org of a subaccount with all that is in it. Absent = orgs stay. */
  removeOrg?(subaccountGuid: string): void;
  /** GUID of a space by its names, whoever may see it. */
  spaceGuid(landscape: string, org: string, space: string): string | undefined;
}

export interface Ports {
  readonly accounts: AccountsPort;
  readonly trust: TrustPort;
  readonly identity: IdentityPort;
  readonly authorization: AuthorizationPort;
  readonly cloudFoundry: CloudFoundryPort;
  readonly audit: AuditPort;
  readonly trustAdministration: TrustAdministrationPort;
}

export interface World {
  provide<N extends keyof Ports>(name: N, port: Ports[N]): void;
  /** Throws when no emulator provides the port. */
  use<N extends keyof Ports>(name: N): Ports[N];
  /** A port that a composition may do without. */
  find<N extends keyof Ports>(name: N): Ports[N] | undefined;
}

export function createWorld(): World {
  const ports: Partial<Ports> = {};
  return {
    provide(name, port) {
      ports[name] = port;
    },
    use(name) {
      const port = ports[name];
      if (!port) throw new Error(`no emulator provides '${name}'`);
      return port as Ports[typeof name];
    },
    find: (name) => ports[name],
  };
}
