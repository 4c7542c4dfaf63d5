import { speaksOurProtocol } from '../../../src/systems/protocols/btp-cli/emulator/versions.ts';
import { PROTOCOL_VERSION } from '../../../src/systems/protocols/btp-cli/wire.ts';
import type { Judgement } from '../outcome.ts';
import { headerOf, operationOf, type Recording } from './recorded.ts';

/** Operations, the place in their answers (as `misfits` names it), and a day: the first recorded one, or the last. */
type Dated = readonly (readonly [operation: RegExp, place: RegExp, day: string])[];

/** What answers show since a day only: recordings from before can't have it, and our emulator is of today. */
const SINCE: Dated = [
  [/^accounts\//, /\.contractStatus$/, '2026-02-10'],
  [/^accounts\//, /\.lastModifiedBy$/, '2026-02-24'],
  [/^accounts\/subaccount\?get$/, /^\.closestEntitlementManagedParentGUID$/, '2025-04-07'],
  // Until then an update was answered as a read is, with dates as texts, and a description only where there is one.
  [
    /^accounts\/subaccount\?update$/,
    /^\.(contentAutomationState(Details)?|createdDate|modifiedDate|description)$/,
    '2025-11-10',
  ],
  [/^accounts\/entitlement\?list$/, /\.servicePlans\[\]\.endDate$/, '2026-06-22'],
  [/^accounts\/entitlement\?list$/, /^\.assignedServices\[\]\.servicePlans\[\]\.deprecation/, '2026-06-22'],
  [/^accounts\/entitlement\?list$/, /^\.entitledServices\[\]\.servicePlans\[\]\.deprecationInfoLink$/, '2023-12-07'],
  [/^accounts\/entitlement\?list$/, /^\.entitledServices\[\]\.servicePlans\[\]\.deprecationMessage$/, '2023-09-28'],
  [/^accounts\/entitlement\?list$/, /\.(assignedBillingObject|billingObjects?|\w+BillingObjects?)$/, '2023-07-19'],
  [/^accounts\/available-environment\?/, /\.availabilityLevel$/, '2025-01-23'],
  [/^accounts\/available-environment\?/, /\.updateSchema$/, '2026-07-15'],
  [/^accounts\/available-environment\?/, /\.allowAdditionalEnvironmentInstance$/, '2023-08-01'],
  [/^accounts\/subscription\?/, /\.(supportsGetParameters|allowedTargetPlans)$/, '2025-01-23'],
  [/^accounts\/directory\?(create|update|delete)$/, /^\.(subdomain|jobId)$/, '2023-08-28'],
  [/^accounts\/subscription\?/, /\.(created|modified)By$/, '2024-07-15'],
  [/^security\/app\?/, /\.default-role-name$/, '2023-12-07'],
  [/^security\/trust\?/, /\.ipsIntegrationSetupStatus$/, '2025-01-27'],
  [/^security\/app\?/, /\.instanceSecretLastUsedAt$/, '2025-01-23'],
  [/^services\/(instance|binding)\?/, /\.(created|updated)_by$/, '2024-11-19'],
  [/^accounts\/entitlement\?list$/, /\.servicePlans\[\]\.numberOfAssignedEntities$/, '2023-12-20'],
  [/^accounts\/entitlement\?list$/, /\.globalAccountSourceEntitlements$/, '2024-01-31'],
  [/^security\/settings\?/, /\.rotateSigningKeyAutomatically$/, '2026-06-02'],
  [/^security\/settings\?/, /\.keys\.\*\.nextRotationDate$/, '2025-04-23'],
  [/^security\/settings\?/, /\.keys\.\*\.lastModifiedAt$/, '2025-01-23'],
  [/^security\/settings\?/, /\.useIdpUserNameInTokens$/, '2024-07-15'],
  [/^security\/trust\?/, /\.(originKeyCfuaa|defaultIdp|idpType|aliasId)$/, '2026-01-12'],
  [
    /^security\/trust\?/,
    /\.config\.(userPropagationParameter|pkce|performRpInitiatedLogout|tokenExchangeEnabled)$/,
    '2026-01-12',
  ],
  [/^security\/trust\?/, /\.config\.cacheJwks$/, '2026-06-09'],
  [/^security\/trust\?/, /\.config\.jwtClientAuthentication$/, '2025-01-28'],
  // Trusts of the global account have had it since 2024-07-15.
  [/^security\/trust\?/, /\.aliasZid$/, '2026-01-12'],
  [/^security\/(user\?get|role-collection\?(un)?assign)$/, /^\.(created|modified)$/, '2025-01-23'],
];

/** What answers showed until a day. */
const UNTIL: Dated = [
  [/^accounts\/entitlement\?list$/, /\.assignmentInfo\[\]\.sourceEntitlement$/, '2023-06-05'],
  [/^login$/, /^\.refreshToken$/, '2026-06-24'],
  [/^login$/, /^\.user$/, '2025-06-12'],
  [/^security\/trust\?(create|delete)$/, /^\.relyingPartySecret$/, '2025-01-27'],
];

/** Headers whose value was another one until a day, and what was in the place of today's words. */
const WORDED: readonly (readonly [operation: RegExp, header: string, then: string, now: string, day: string])[] = [
  [
    /^security\/(user\?|role-collection\?(un)?assign$)/,
    'x-cpcli-backend-mediatype',
    'application/json;charset=utf-8',
    'application/json',
    '2025-01-29',
  ],
  [/^(security|connectivity|services)\//, 'x-cpcli-server-message', ' in the current global account', '', '2025-01-27'],
];

const DAY = 86_400_000;

/**
 * Whether an answer differs at a place because the service answered otherwise when it was recorded. The protocol's version does not
 * tell the time: addresses of older recordings were edited when the client's version rose (notes, first page).
 */
export function isOfItsTime(recorded: Recording, misfit: string): boolean {
  const [, place = '', how = ''] = /^(\S*) is (\S+)/.exec(misfit) ?? [];
  const at = timeOf(recorded);
  const applies = ([operation, pattern]: Dated[number]) => operation.test(operationOf(recorded)) && pattern.test(place);
  if (how === 'missing') return UNTIL.some((dated) => applies(dated) && at < Date.parse(dated[2]) + DAY);
  return SINCE.some((dated) => applies(dated) && at < Date.parse(dated[2]));
}

/** A recorded header as the service would send it today. */
export function todaysHeader(recorded: Recording, name: string): string | undefined {
  const value = headerOf(recorded.responseHeaders, name);
  const worded = WORDED.find(
    ([operation, header, then, , day]) =>
      header === name &&
      operation.test(operationOf(recorded)) &&
      value?.includes(then) &&
      timeOf(recorded) < Date.parse(day) + DAY,
  );
  return worded ? value?.replace(worded[2], worded[3]) : value;
}

/** The address as it has to be today: versions of the protocol that were served then are refused now. */
export function todaysPath({ url, status }: Recording): string {
  const { pathname, search } = new URL(url);
  const [, version = ''] = /^\/\w+\/(v[\d.]+)/.exec(pathname) ?? [];
  const refused = version !== '' && !speaksOurProtocol(version) && status !== 412;
  return `${refused ? pathname.replace(version, PROTOCOL_VERSION) : pathname}${search}`;
}

/** Whether it is of a protocol that is gone, and tells nothing about a command of today. */
export function isGone(recorded: Recording): boolean {
  return isRedirect(recorded) || isOfRefreshTokens(recorded);
}

/** Before October 2023 there were no sessions: each answer gave a refresh token. */
function isOfRefreshTokens({ command, status, responseHeaders }: Recording): boolean {
  const session = headerOf(responseHeaders, 'x-cpcli-sessionid');
  return command === null && status === 200 && session === undefined;
}

/**
 * Until May 2024 commands about a subaccount were redirected to a server of its region, and sent there again with an id token (notes §1.6).
 * The redirect itself can't be played; what was sent again is a command like any other.
 */
function isRedirect({ status }: Recording): boolean {
  return status === 307;
}

/** Headers of a request that do not count, in lower case: those of a command that was sent again, and what sessions were before October 2023. */
export function foreignHeaders({ requestHeaders }: Recording): readonly string[] {
  const repeated =
    headerOf(requestHeaders, 'x-id-token') === undefined ? [] : ['x-id-token', 'x-cpcli-subdomain', 'referer'];
  const refreshed = headerOf(requestHeaders, 'x-cpcli-refreshtoken') === undefined ? [] : ['x-cpcli-refreshtoken'];
  return [...repeated, ...refreshed];
}

export const GONE: Judgement = { verdict: 'not emulated', because: ['a protocol of before May 2024'] };

function timeOf(recorded: Recording): number {
  return Date.parse(headerOf(recorded.responseHeaders, 'date') ?? '');
}
