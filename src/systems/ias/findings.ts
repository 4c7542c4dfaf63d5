import type { FindingKind } from '../../kernel/finding.ts';

const IAS = 'btp-cloud-identity-services';

/** What `locum explain` tells about the codes of plans and of the doctor. */
export const findings: readonly FindingKind[] = [
  {
    code: 'IAS_CONNECTION_MISSING',
    title: 'No connection to an IAS tenant',
    explanation:
      'Locum needs a system administrator of the tenant with the authorization Manage Users: its client id with a ' +
      'reference to its secret, or a reference to its certificate, stand under connections.ias, by the name of the identity provider.',
    docs: `${IAS} 5be5692`,
  },
  {
    code: 'IAS_APPLICATION_MISSING',
    title: 'The application does not exist',
    explanation:
      'No application of the tenant has this client ID. It is another UUID than the ID of the application; the administration console shows it under ' +
      'Trust → Client Authentication.',
    docs: `${IAS} 5c3c35e`,
  },
  {
    code: 'IAS_USER_NOT_OURS',
    title: 'The user exists, but is not ours',
    explanation:
      'A user with this login name exists and its customAttribute10 does not carry the mark of this manifest. Locum does ' +
      'not touch it. `locum apply --adopt` takes it over: it sets the mark, the declared attributes and a new password.',
  },
  {
    code: 'IAS_EMAIL_TAKEN',
    title: 'The e-mail belongs to another user',
    explanation:
      'E-mails are unique in an IAS tenant, and on BTP the e-mail names the user: two users with one e-mail would share ' +
      'their rights.',
    docs: 'btp-cloud-platform c368984',
  },
  {
    code: 'IAS_ADMIN_REFUSED',
    title: 'The tenant refuses our system administrator',
    explanation:
      'The client id, secret or certificate is wrong or has expired, the client is locked for an hour after five wrong secrets, or the ' +
      'authorization Manage Users is missing. Locum sends nothing more after the first refusal.',
    docs: `${IAS} 5be5692, 665b9e0`,
  },
  {
    code: 'IAS_TENANT_UNREACHABLE',
    title: 'The tenant does not answer',
    explanation: 'The host is wrong, the network or proxy is in the way, or the tenant is down.',
  },
  {
    code: 'IAS_TENANT_BUSY',
    title: 'The tenant limits our calls',
    explanation:
      'Somebody, perhaps another tool, makes more than 280 SCIM calls a minute; the tenant then blocks for a minute.',
    docs: `${IAS} e22ee47`,
  },
  {
    code: 'IAS_USER_UNKNOWN',
    title: 'The user could not be observed',
    explanation: 'The tenant did not answer when the users were read, so nothing is known about this one.',
  },
  {
    code: 'IAS_USER_MISSING',
    title: 'The user does not exist',
    explanation: 'The tenant has no user with this login name. `locum apply` creates it.',
  },
  {
    code: 'IAS_EMAIL_DRIFT',
    title: 'The e-mail differs from the manifest',
    explanation:
      'Every right on BTP and Cloud Foundry is given to the e-mail; with another one the user has none of them.',
    docs: 'btp-cloud-platform c368984',
  },
  {
    code: 'IAS_USER_INACTIVE',
    title: 'The user is inactive',
    explanation: 'Somebody, or the inactivity job of the tenant, deactivated it. Every logon is refused.',
    docs: `${IAS} 744b2d0`,
  },
  {
    code: 'IAS_MAIL_NOT_VERIFIED',
    title: 'The e-mail is not verified',
    explanation:
      'Without a verified e-mail a user cannot log on, and the verification mail goes to a mailbox that nobody has. ' +
      'Locum marks the e-mail as verified.',
    docs: `${IAS} dbe3c08`,
  },
  {
    code: 'IAS_USER_EXPIRED',
    title: 'The user is outside its validity',
    explanation: 'IAS refuses every logon before validFrom and after validTo.',
  },
  {
    code: 'IAS_USER_EXPIRES_SOON',
    title: 'The user expires within 30 days',
    explanation: 'After validTo every logon is refused. `expires` in the manifest sets it.',
  },
  {
    code: 'IAS_PASSWORD_MISSING',
    title: 'The user has no password',
    explanation: 'It can log on only with a certificate or through another identity provider.',
  },
  {
    code: 'IAS_PASSWORD_INITIAL',
    title: 'The password is initial',
    explanation:
      'An initial password must be changed at the first logon, which no program does, and it dies after 14 days unless ' +
      'the tenant says otherwise. Locum sets definitive passwords.',
    docs: `${IAS} 16149d5, dbe3c08`,
  },
  {
    code: 'IAS_PASSWORD_DISABLED',
    title: 'The logon with a password is switched off',
    explanation: 'Users that Identity Provisioning created have it switched off by default.',
    docs: `${IAS} dbe3c08`,
  },
  {
    code: 'IAS_PASSWORD_UNKNOWN',
    title: 'The state of the password is not known',
    explanation: 'SCIM gave a status that Locum does not know; only a logon tells.',
  },
  {
    code: 'IAS_PASSWORD_NOT_IN_VAULT',
    title: 'The vault has no proven password',
    explanation: 'A password cannot be read back from IAS. Locum sets a new one, keeps it and proves it.',
  },
  {
    code: 'IAS_PASSWORD_LOCKED',
    title: 'The password is locked',
    explanation:
      'Five wrong passwords in a row lock for an hour; a policy of the tenant may lock sooner and for longer. Some ' +
      'consumer still has an old password: it will lock the user again.',
    docs: `${IAS} 12b3395, 9172552`,
  },
  {
    code: 'IAS_LOGONS_FAILED',
    title: 'Logons fail',
    explanation: 'Some consumer uses a wrong password. Five failures in a row lock the user.',
    docs: `${IAS} 12b3395`,
  },
  {
    code: 'IAS_PASSWORD_EXPIRED',
    title: 'The password has expired',
    explanation:
      'The enterprise policy wants a new password every 6 months and a logon every 6 months. A user takes it by one logon ' +
      'to the administration console or the user profile, and keeps it.',
    docs: `${IAS} 12b3395, 67bece2`,
  },
  {
    code: 'IAS_PASSWORD_EXPIRES_SOON',
    title: 'The password expires within 30 days',
    explanation:
      'Its policy, taken by a logon to an application, ends it. Under the standard policy passwords do not expire.',
    docs: `${IAS} 12b3395, 67bece2`,
  },
  {
    code: 'IAS_POLICY_UNKNOWN',
    title: 'The policy of the password is not known',
    explanation:
      'The user took a policy of the tenant itself, whose limits SCIM does not tell. The administration console shows them.',
    docs: `${IAS} 67bece2`,
  },
];
