import { z } from 'zod';

/**
 * What `cf` reads from `CF_HOME/.cf/config.json` (cf CLI source, util/configv3/json_config.go; go-cfclient reads the same
 * keys). There is no password in it.
 */
export const cfConfig = z.strictObject({
  AccessToken: z.string(),
  APIVersion: z.string(),
  AsyncTimeout: z.number(),
  AuthorizationEndpoint: z.string(),
  CFOnK8s: z.strictObject({ Enabled: z.boolean(), AuthInfo: z.string() }),
  ColorEnabled: z.string(),
  ConfigVersion: z.number(),
  DopplerEndPoint: z.string(),
  Locale: z.string(),
  LogCacheEndPoint: z.string(),
  MinCLIVersion: z.string(),
  MinRecommendedCLIVersion: z.string(),
  NetworkPolicyV1Endpoint: z.string(),
  OrganizationFields: z.strictObject({ GUID: z.string(), Name: z.string() }),
  PluginRepos: z.array(z.never()),
  RefreshToken: z.string(),
  RoutingAPIEndpoint: z.string(),
  SpaceFields: z.strictObject({ GUID: z.string(), Name: z.string(), AllowSSH: z.boolean() }),
  SSHOAuthClient: z.string(),
  SSLDisabled: z.boolean(),
  Target: z.string(),
  Trace: z.string(),
  UaaEndpoint: z.string(),
  UAAGrantType: z.string(),
  UAAOAuthClient: z.string(),
  UAAOAuthClientSecret: z.string(),
});
export type CfConfig = z.infer<typeof cfConfig>;
