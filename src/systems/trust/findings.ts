import type { FindingKind } from '../../kernel/finding.ts';

const DOCS =
  'https://help.sap.com/docs/btp/sap-business-technology-platform/establish-trust-and-federation-of-custom-identity-providers-for-platform-users';

/** Why a platform trust is not as the manifest expects it. */
export const trustFindings = {
  missing: {
    code: 'TRUST_MISSING',
    title: 'The global account does not trust the identity provider',
    explanation:
      'Without a platform trust no level of BTP and no Cloud Foundry landscape accepts the users of the IAS tenant. Establish it in the cockpit (Security, Trust Configuration) or set `trust: establish` in the manifest and apply.',
    docs: DOCS,
  },
  otherOrigin: {
    code: 'TRUST_OTHER_ORIGIN',
    title: 'The identity provider is trusted under another origin key',
    explanation:
      'The origin key is chosen once, when the trust is established, and cannot be changed. The manifest has to name the key that exists: a user is known by e-mail and origin key, and a wrong key names a user that nobody can be.',
    docs: DOCS,
  },
  otherHost: {
    code: 'TRUST_OTHER_HOST',
    title: 'The origin key belongs to another identity provider',
    explanation:
      'The origin key exists, but its trust points at another IAS tenant. Users of the tenant in the manifest would not be able to log on under it. Correct the host or the origin key; never delete the trust, its shadow users and assignments would go with it.',
    docs: DOCS,
  },
  inactive: {
    code: 'TRUST_INACTIVE',
    title: 'The platform trust is inactive',
    explanation:
      'Nobody can log on through an inactive trust. Activate it in the cockpit: Security, Trust Configuration.',
    docs: DOCS,
  },
  saml: {
    code: 'TRUST_SAML',
    title: 'The platform trust is over SAML',
    explanation:
      'Only over OpenID Connect does BTP hand a password on to the identity provider. Through a trust over SAML people sign in with a browser, but the password grant of Cloud Foundry, and with it every destination of a technical user, is refused as if the origin key did not exist. Migrate the trust; do not delete it, its shadow users and assignments would go with it.',
    docs: DOCS,
  },
  limit: {
    code: 'TRUST_LIMIT',
    title: 'The global account has as many platform trusts as it may have',
    explanation:
      'A global account trusts at most three custom identity providers for platform users. Use one of them, or remove one that nobody needs, after its role assignments were moved.',
    docs: DOCS,
  },
  unknownToCf: {
    code: 'TRUST_UNKNOWN_TO_CF',
    title: 'Cloud Foundry does not know the origin key of this trust',
    explanation:
      'Trusts from before the shared origin key have none in Cloud Foundry, and subaccounts do not inherit them. Users of such a trust can work with the account model but not with Cloud Foundry.',
    docs: DOCS,
  },
} as const satisfies Record<string, FindingKind>;

/** L-14: form of the origin key. */
export const originKeyForm: FindingKind = {
  code: 'TRUST_ORIGIN_KEY_FORM',
  title: 'The origin key cannot be one of a platform trust',
  explanation:
    'Origin keys of platform trusts end in `-platform`, have at most 36 characters of A-Z, a-z, 0-9, `_` and `-`, and never change. `sap.custom` and the like are keys of business-user trusts of one subaccount.',
  docs: DOCS,
};
