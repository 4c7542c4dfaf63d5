import { ConfigError, RemoteError } from '../../kernel/errors.ts';
import { Secret } from '../../kernel/secret.ts';
import type { ExecSession, Subject, SystemContext, Token } from '../../kernel/system.ts';
import { type Landscape, landscapeName } from '../protocols/cf-v3/client.ts';
import { explainRefusal } from '../protocols/cf-v3/refusal.ts';
import { logInUser } from './login.ts';
import { chosenPlace, type OrgPlace, placesOf } from './places.ts';
import type { CfConfig } from './wire.ts';

interface LoggedIn {
  readonly token: Token;
  readonly landscape: Landscape;
  readonly org: OrgPlace | undefined;
}

async function logInAt(subject: Subject, target: string | undefined, ctx: SystemContext): Promise<LoggedIn> {
  const place = chosenPlace(subject, target);
  if (!place) {
    const known = [...new Set(placesOf(subject).flatMap((org) => [landscapeName(org.api), org.name]))];
    throw new ConfigError(
      'ERR_CONFIG',
      target === undefined
        ? `${subject.user.name} has no roles in Cloud Foundry`
        : `${subject.user.name} has no roles at '${target}'`,
      { remedy: known.length > 0 ? `one of: ${known.join(', ')}` : 'grant it `cf:` in the manifest' },
    );
  }
  const { login, org } = place;
  const { landscape, outcome } = await logInUser(ctx, login);
  if (outcome.status === 'accepted') return { token: outcome.value, landscape, org };
  const refusal = explainRefusal(outcome.reason, { ...login, landscape: landscape.name });
  throw new RemoteError('ERR_REMOTE_CREDENTIALS', {
    system: 'cf',
    operation: `log in ${login.user} at ${landscape.name} (${refusal.because})`,
    status: 401,
    serviceCode: refusal.code,
    remedy: refusal.remedy,
  });
}

/** A CF API token of the technical user. */
export async function token(subject: Subject, target: string | undefined, ctx: SystemContext): Promise<Token> {
  return (await logInAt(subject, target, ctx)).token;
}

/** A `CF_HOME` in which `cf` is logged in, with org and space targeted when there is only one. No password in it. */
export async function session(subject: Subject, target: string | undefined, ctx: SystemContext): Promise<ExecSession> {
  const content = new Secret(JSON.stringify(configOf(await logInAt(subject, target, ctx)), undefined, 2));
  return { files: [{ path: '.cf/config.json', content }], env: { CF_HOME: '{dir}' } };
}

function configOf({ token: held, landscape, org }: LoggedIn): CfConfig {
  const { links } = landscape;
  const space = org?.spaces.length === 1 ? org.spaces[0] : undefined;
  return {
    // The CLI sends this text as it stands; its scheme is in lower case.
    AccessToken: `bearer ${held.value.reveal()}`,
    APIVersion: links.cloud_controller_v3.meta.version,
    AsyncTimeout: 0,
    AuthorizationEndpoint: links.login.href,
    CFOnK8s: { Enabled: false, AuthInfo: '' },
    ColorEnabled: '',
    ConfigVersion: 4,
    DopplerEndPoint: links.logging?.href ?? '',
    Locale: '',
    LogCacheEndPoint: links.log_cache?.href ?? '',
    MinCLIVersion: '',
    MinRecommendedCLIVersion: '',
    NetworkPolicyV1Endpoint: links.network_policy_v1?.href ?? '',
    OrganizationFields: { GUID: org?.guid ?? '', Name: org?.name ?? '' },
    PluginRepos: [],
    RefreshToken: held.refresh?.reveal() ?? '',
    RoutingAPIEndpoint: links.routing?.href ?? '',
    SpaceFields: { GUID: space?.guid ?? '', Name: space?.name ?? '', AllowSSH: space !== undefined },
    SSHOAuthClient: links.app_ssh?.meta?.oauth_client ?? '',
    SSLDisabled: false,
    Target: landscape.api,
    Trace: '',
    UaaEndpoint: links.uaa.href,
    UAAGrantType: '',
    UAAOAuthClient: 'cf',
    UAAOAuthClientSecret: '',
  };
}
