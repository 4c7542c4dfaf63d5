import { headerOf, operationOf, type Recording } from './recorded.ts';

/** Operations, the place in their answers (as `misfits` names it), and a day: the first recorded one, or the last. */
type Dated = readonly (readonly [operation: RegExp, place: RegExp, day: string])[];

/** What answers show since a day only: recordings from before can't have it, and our emulator is of today. */
const SINCE: Dated = [
  [/^accounts\//, /\.contractStatus$/, '2026-02-10'],
  [/^accounts\//, /\.lastModifiedBy$/, '2026-02-24'],
  [/^accounts\/subaccount\?get$/, /^\.closestEntitlementManagedParentGUID$/, '2025-04-07'],
  // Until then an update was answered as a read is, with dates as texts.
  [/^accounts\/subaccount\?update$/, /^\.(contentAutomationState(Details)?|createdDate|modifiedDate)$/, '2025-11-10'],
  [/^accounts\/entitlement\?list$/, /\.servicePlans\[\]\.endDate$/, '2026-06-22'],
  [/^accounts\/entitlement\?list$/, /^\.assignedServices\[\]\.servicePlans\[\]\.deprecation/, '2026-06-22'],
  [/^accounts\/entitlement\?list$/, /^\.entitledServices\[\]\.servicePlans\[\]\.deprecationInfoLink$/, '2023-12-07'],
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
  [/^security\/trust\?/, /\.aliasZid$/, '2024-07-15'],
  [/^security\/(user\?get|role-collection\?(un)?assign)$/, /^\.(created|modified)$/, '2025-01-23'],
];

/** What answers showed until a day. */
const UNTIL: Dated = [
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

function timeOf(recorded: Recording): number {
  return Date.parse(headerOf(recorded.responseHeaders, 'date') ?? '');
}
