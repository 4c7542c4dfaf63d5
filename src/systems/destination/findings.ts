import type { FindingKind } from '../../kernel/finding.ts';

function kind(code: string, title: string, explanation: string): FindingKind {
  return { code, title, explanation };
}

/** Finding codes of this slice beyond those of its rules. */
export const findings: readonly FindingKind[] = [
  kind(
    'DESTINATION_NOT_OURS',
    'A destination of this name exists and is not ours',
    'Locum owns a destination by the additional property locum.technicalUser and never overwrites another. Choose another name, or take it over with --adopt: all of its properties are then replaced by those of the preset.',
  ),
  kind(
    'DESTINATION_NO_SERVICE_KEY',
    'There is no service key for the subaccount of a destination',
    'The Destination service is reached by a service key of one of its instances in the subaccount (plan lite will do). Create it and name it under connections.destination by the display name of the subaccount.',
  ),
  kind(
    'DESTINATION_NO_SUBACCOUNT',
    'No subaccount is chosen for a destination',
    'The selector `in` fits no subaccount of the global account. Display names are compared as they are, with upper and lower case.',
  ),
  kind(
    'DESTINATION_NO_TARGET',
    'The target of a destination does not exist',
    'A destination leads to a Cloud Foundry org or a space in it; subaccount, org or space is missing.',
  ),
  kind(
    'DESTINATION_MISSING',
    'A declared destination does not exist',
    'It was never created or somebody deleted it. `locum apply` creates it.',
  ),
  kind(
    'DESTINATION_UNREADABLE',
    "The destinations of a subaccount can't be read",
    'The service key is missing, was deleted, or belongs to another subaccount, or the service does not answer.',
  ),
  kind(
    'DESTINATION_FOREIGN_STALE',
    "Somebody else's destination or fragment holds an old password of the user",
    'It names the technical user, but Locum does not write it: it is a fragment, in a service instance, or without our mark. Whoever uses it is refused, and refused logins lock the user for everybody. Its owner has to put in the current password or to delete it.',
  ),
  kind(
    'DESTINATION_DRIFT',
    'A destination works but is not as declared',
    'Somebody changed properties that its consumer does not depend on. `locum apply` writes it as declared; declare under `properties` what shall stay.',
  ),
  kind(
    'DESTINATION_MALFORMED',
    'A destination has the wrong type, authentication or client',
    'Both presets are HTTP destinations to the Internet with OAuth2Password and the client cf.',
  ),
  kind(
    'DESTINATION_CLIENT_SECRET',
    'The client secret of a destination is not empty',
    "UAA's client cf has an empty secret; with any other every token is refused with 401. The cockpit asks for one when it creates the destination: save, edit again and clear the field, or let `locum apply` do it.",
  ),
  kind(
    'DESTINATION_PASSWORD_DIFFERS',
    'A destination does not hold the current password',
    'The stored password is not the one in the vault: it was rotated elsewhere, typed wrong, or overwritten by the mark that the cockpit shows instead of a secret. No login is spent on it. `locum apply` writes the current one.',
  ),
  kind(
    'DESTINATION_USER',
    'A destination logs in as somebody else',
    'The property User must be the e-mail of the technical user, which names it on every BTP level.',
  ),
  kind(
    'DESTINATION_TOKEN_URL',
    'The token service URL does not follow the convention of its consumer',
    'CTMS wants https://login.cf.<landscape>.hana.ondemand.com without a path and adds /oauth/token itself; everybody else gets exactly what is written and needs /oauth/token.',
  ),
  kind(
    'DESTINATION_ORIGIN',
    'A destination does not say the right origin',
    "Without the origin key UAA logs in at the default identity provider, where the technical user does not exist. CTMS reads the additional property origin; for the Destination service's own token retrieval it must be the login_hint, as JSON, which UAA ignores silently when it cannot parse it.",
  ),
  kind(
    'DESTINATION_URL',
    'The URL of a destination leads to the wrong place',
    'The host must be that of the org, extension landscape included (eu10-004), and org and space must be URL-encoded each by itself. CTMS tells it as Not Found.',
  ),
  kind(
    'DESTINATION_TOKEN_NOT_TRIED',
    'No token was fetched, to spare a login',
    'The login could only have failed, or one of this user was refused before in this run. Failed logins lock users.',
  ),
  kind(
    'DESTINATION_HIDDEN',
    'A destination of a service instance hides the one of the subaccount',
    'Find looks on the level of the service instance first. Applications that are bound to this instance get its destination of the same name, with its credentials; the one that Locum keeps in the subaccount can not be proven through it.',
  ),
  kind(
    'DESTINATION_SPACE_INVISIBLE',
    'The technical user does not see the space',
    'The login works, but the user holds no role that shows the space. Memberships are per origin: a role of the same e-mail under another origin does not count.',
  ),
  kind(
    'DESTINATION_NOT_SPACE_DEVELOPER',
    'The technical user is not space developer',
    'The deploy service answers 403 to everybody who does not hold space_developer in the target space. CTMS tells it as Forbidden, and Check Connection stays green.',
  ),
  kind(
    'DESTINATION_DEPLOY_SERVICE_REFUSED',
    'The deploy service refuses a user that has the right roles',
    'It is asked as Cloud Transport Management asks it first. It remembers roles for some seconds, so a role that was just granted may need a moment; otherwise the URL leads to the deploy service of another landscape.',
  ),
  kind(
    'DESTINATION_DEPLOY_SERVICE_SILENT',
    'The deploy service does not answer',
    'User, token and roles are proven, but an import needs the deploy service, and it did not answer or is broken.',
  ),
  {
    code: 'DESTINATION_CERTIFICATE_EXPIRED',
    title: 'a certificate of the Destination service has ended',
    explanation: 'Destinations that trust it, or log in with it, fail. Upload a new one under the same name.',
  },
  {
    code: 'DESTINATION_CERTIFICATE_EXPIRES_SOON',
    title: 'a certificate of the Destination service ends soon',
    explanation: 'Upload a new one under the same name before; destinations refer to it by name.',
  },
  {
    code: 'DESTINATION_CERTIFICATE_UNKNOWN',
    title: 'when a certificate of the Destination service ends is not known',
    explanation:
      'The service key of connections.destination could not be used, or a key store (PKCS #12) is closed by a password that no destination of the subaccount has. The entry says why.',
  },
];
