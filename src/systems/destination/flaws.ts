import type { DestinationObserved } from './destination.ts';
import { landscapeDomain, type Target } from './presets.ts';

/** Something about a destination that keeps its consumer from working. */
export interface Flaw {
  readonly code: string;
  readonly because: string;
  /** Whether a login with the destination could only fail, and would count towards a lock. */
  readonly dooms: boolean;
}

/**
 * What is wrong with an observed destination, by the convention of its consumer. Stricter than "differs from the manifest":
 * spellings that work are no flaws (a trailing slash, the space's GUID in the URL, the origin in another place that UAA reads).
 * @param email user name of the technical user
 */
export function flawsOf(observed: DestinationObserved, target: Target, email: string): readonly Flaw[] {
  const { properties } = observed;
  const flaws: Flaw[] = [];
  const flaw = (code: string, because: string, dooms: boolean): void => {
    flaws.push({ code, because, dooms });
  };

  if (observed.password === 'absent') flaw('DESTINATION_PASSWORD_DIFFERS', 'it holds no password', true);
  if (observed.password === 'differs')
    flaw('DESTINATION_PASSWORD_DIFFERS', 'the stored password is not the current one of the vault', true);
  if (observed.clientSecret)
    flaw('DESTINATION_CLIENT_SECRET', "the client secret is not empty, but that of UAA's client 'cf' is", true);
  for (const [name, wanted] of [
    ['Type', 'HTTP'],
    ['ProxyType', 'Internet'],
    ['Authentication', 'OAuth2Password'],
    ['clientId', 'cf'],
  ] as const) {
    const found = properties[name] ?? 'not set';
    if (found !== wanted) flaw('DESTINATION_MALFORMED', `${name} is ${found} instead of ${wanted}`, true);
  }
  const user = properties.User ?? '';
  if (user.toLowerCase() !== email.toLowerCase())
    flaw('DESTINATION_USER', `it logs in as '${user}' instead of '${email}'`, true);

  const tokenUrl = tokenUrlFlaw(properties.tokenServiceURL ?? '', target);
  if (tokenUrl) flaw('DESTINATION_TOKEN_URL', tokenUrl, true);
  const origin = target.preset === 'ctms-deploy' ? properties.origin : hintedOrigin(properties);
  const place = target.preset === 'ctms-deploy' ? "the additional property 'origin'" : "the token request's login_hint";
  if (origin === undefined)
    flaw('DESTINATION_ORIGIN', `${place} is missing, so the login goes to the default identity provider`, true);
  else if (origin !== target.originKey)
    flaw('DESTINATION_ORIGIN', `${place} says '${origin}' instead of '${target.originKey}'`, true);

  const url = urlFlaw(properties.URL ?? '', target);
  if (url) flaw('DESTINATION_URL', url, false);
  return flaws;
}

function tokenUrlFlaw(text: string, target: Target): string | undefined {
  const url = URL.parse(text);
  const domain = landscapeDomain(target.api);
  if (!url) return `tokenServiceURL '${text}' is no URL`;
  if (url.protocol !== 'https:') return 'tokenServiceURL does not use https';
  if (url.host.startsWith('api.')) return `tokenServiceURL names the CF API; the token service is login.${domain}`;
  if (url.host !== `login.${domain}` && url.host !== `uaa.${domain}`)
    return `tokenServiceURL leads to ${url.host}, but the org is on landscape ${domain}`;
  const path = url.pathname.replace(/\/$/, '');
  if (target.preset === 'ctms-deploy' && path !== '')
    return `tokenServiceURL has the path ${path}, but CTMS adds /oauth/token itself`;
  if (target.preset === 'cf-api' && path !== '/oauth/token')
    return 'tokenServiceURL must end in /oauth/token: the Destination service calls it as it is';
  return;
}

/** The origin where UAA reads it: query of the token URL, or the query or form field that the service adds (UaaLoginHint). */
function hintedOrigin(properties: Readonly<Record<string, string>>): string | undefined {
  const hint =
    URL.parse(properties.tokenServiceURL ?? '')?.searchParams.get('login_hint') ??
    properties['tokenServiceURL.queries.login_hint'] ??
    properties['tokenService.body.login_hint'];
  if (hint === undefined) return;
  try {
    // UAA decodes once more, and ignores silently what it cannot parse.
    const parsed: unknown = JSON.parse(decodeURIComponent(hint));
    return typeof parsed === 'object' && parsed !== null && 'origin' in parsed && typeof parsed.origin === 'string'
      ? parsed.origin
      : undefined;
  } catch {
    return;
  }
}

function urlFlaw(text: string, target: Target): string | undefined {
  const url = URL.parse(text);
  if (!url) return `URL '${text}' is no URL`;
  const domain = landscapeDomain(target.api);
  if (target.preset === 'cf-api') {
    return url.protocol === 'https:' && url.host === new URL(target.api).host
      ? undefined
      : `URL leads to ${url.origin} instead of ${target.api}`;
  }
  if (url.protocol !== 'https:') return 'URL does not use https, which CTMS demands';
  if (url.host !== `deploy-service.${domain}`)
    return `URL leads to ${url.host}, but the org is on landscape ${domain}: CTMS would get 404 Not Found`;
  const place = deployTarget(text);
  if (!place) return 'URL has not the form /slprot/<org>/<space>/slp';
  if (!place.encoded) return 'org and space in the URL are not URL-encoded, each by itself';
  if ('spaceGuid' in place) {
    return place.spaceGuid === target.space?.guid
      ? undefined
      : 'the space GUID in the URL is not that of the target space';
  }
  if (place.org === target.org.name && place.space === target.space?.name) return;
  return `URL leads to ${place.org}/${place.space} instead of ${target.org.name}/${target.space?.name}`;
}

/** The space that a deploy service URL names, read from the text as it is stored. */
export function deployTarget(
  url: string,
):
  | ({ readonly encoded: boolean } & (
      | { readonly org: string; readonly space: string }
      | { readonly spaceGuid: string }
    ))
  | undefined {
  // Not from a parsed URL: that would encode blanks by itself and hide that they are not.
  const path = /^https?:\/\/[^/]+\/slprot\/(.+)\/slp\/?$/.exec(url)?.[1];
  if (path === undefined) return;
  const parts = path.split('/');
  const encoded = parts.length <= 2 && parts.every((part) => /^(?:[A-Za-z0-9_.~!'()*-]|%[0-9A-Fa-f]{2})+$/.test(part));
  if (parts.length === 1 && /^[0-9a-f-]{36}$/i.test(path)) return { encoded, spaceGuid: path };
  const [org = '', ...rest] = parts;
  if (rest.length === 0) return;
  return { encoded, org: decode(org), space: decode(rest.join('/')) };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
