import { z } from 'zod';

/** Host of the BTP command-line server. */
export const BTP_CLI_HOST = 'cli.btp.cloud.sap';

/** Where a browser comes back to from the identity provider (assumed: nobody but the browser sees it). */
export const BTP_CLI_CALLBACK = `https://${BTP_CLI_HOST}/login/callback`;

/** Protocol version that the recordings were made with (terraform-provider-btp 1.25, July 2026). */
export const PROTOCOL_VERSION = 'v2.106.1';

/** Header names of the protocol; fetch lower-cases them, HTTP does not mind. */
export const HEADERS = {
  /** New UUID per call; never echoed, but handed on to the services behind the server. */
  correlation: 'x-correlationid',
  format: 'x-cpcli-format',
  /** Answer of a login; then part of every command. Never in the answer to a command. */
  session: 'x-cpcli-sessionid',
  /** Subdomain of the global account, also for commands on a subaccount. */
  subdomain: 'x-cpcli-subdomain',
  /** The `customIdp` of the login; present and empty for the default identity provider. */
  customIdp: 'x-cpcli-customidp',
  /** Status of the service behind the server, tunnelled inside HTTP 200. */
  backendStatus: 'x-cpcli-backend-status',
  backendMediaType: 'x-cpcli-backend-mediatype',
  backendMessage: 'x-cpcli-backend-message',
  /** The server's own verdict in words, beside an HTTP status other than 200. */
  serverMessage: 'x-cpcli-server-message',
} as const;

/** Origin key of the default identity provider, and the older name that requests may use for it. */
export const DEFAULT_ORIGIN_KEY = 'sap.default';
export const DEFAULT_ORIGIN_ALIAS = 'ldap';

/** `POST /login/<version>`; keys in the order in which the recordings have them. */
export const loginRequest = z.looseObject({
  /** Tenant id or host of a custom identity provider; empty for the default one. */
  customIdp: z.string().default(''),
  /** Global account; newer clients leave it out and choose by header. */
  subdomain: z.string().default(''),
  userName: z.string().default(''),
  password: z.string().default(''),
  /** In place of name and password (`btp login --jwt`). */
  jwt: z.string().default(''),
});

/** `POST /login/<version>/idtoken`, of SAP's own tools. */
export const idTokenLoginRequest = z.looseObject({
  subdomain: z.string().default(''),
  idToken: z.string().default(''),
});

/** `POST /login/<version>/browser/<loginId>`. */
export const browserLoginRequest = z.looseObject({
  customIdp: z.string().default(''),
  subdomain: z.string().default(''),
});

export const loginResponse = z.looseObject({
  /** Host of the identity provider, without scheme. */
  issuer: z.string(),
  mail: z.string(),
});

/** `POST /command/<version>/<group>/<object>?<action>`: every value is a string, with one recorded boolean. */
export const commandRequest = z.looseObject({
  paramValues: z.record(z.string(), z.union([z.string(), z.boolean(), z.number()]).nullable()).default({}),
});

/** `POST /client/<version>/globalAccountHierarchyForNodes`. */
export const hierarchyForNodesRequest = z.looseObject({
  nodes: z.array(z.looseObject({ entityGuid: z.string(), entityType: z.string() })),
});

/** Error bodies of the services behind the server: CIS and XSUAA say `error`, Destination says `ErrorMessage`. */
export const errorBody = z.looseObject({
  error: z.string().optional(),
  ErrorMessage: z.string().optional(),
  description: z.string().optional(),
});

/**
 * The server writes the codes of the account service (CIS) into the prose: `… not found [Error: 20004/404]`
 * (recording datasource_subaccount.err_subaccount_doesnt_exist); there is no other place for them.
 */
export const CIS_CODE = /\[Error: (\d+)\/(\d+)\]/;
