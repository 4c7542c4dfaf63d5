import type { FindingKind } from '../../../kernel/finding.ts';

/** Why a login at a CF landscape's UAA was refused, and what mends it. */
export interface Refusal {
  /** Finding code; `unknown` texts give `LOGIN_REFUSED`. */
  readonly code: string;
  readonly because: string;
  readonly remedy: string;
}

/** Whose login it was. */
export interface RefusedLogin {
  /** Name of the technical user. */
  readonly user: string;
  readonly originKey: string;
  /** Where it was refused, e.g. `eu10-004`. */
  readonly landscape: string;
}

interface Rule {
  readonly code: string;
  readonly title: string;
  /** Text that the refusal contains. UAA and IAS have no finer codes than these texts. */
  readonly text: string;
  readonly because: (login: RefusedLogin) => string;
  readonly remedy: (login: RefusedLogin) => string;
}

const apply = () => '`locum apply`';

/** For a password that somebody else changed: SCIM does not show it, so only a refused login tells. */
const renew = ({ user }: RefusedLogin) => `\`locum apply --renew ${user}\``;

/** IAS message codes (IAS help, "Password Service REST API"); UAA hands the body of IAS through as description. */
const IAS_RULES: readonly Rule[] = [
  {
    code: 'LOGIN_PASSWORD_LOCKED',
    title: 'The password is locked after too many failed logins',
    text: 'PASSWORD_LOCKED',
    because: ({ user }) => `the identity provider has locked the password of ${user} after failed logins`,
    remedy: () => 'find who logs in with an old password, then unlock the user in the IAS console (or wait an hour)',
  },
  {
    code: 'LOGIN_PASSWORD_DISABLED',
    title: 'Password login is disabled for the user',
    text: 'PASSWORD_DISABLED',
    because: ({ user }) => `the password status of ${user} is disabled in IAS`,
    remedy: apply,
  },
  {
    code: 'LOGIN_USER_INACTIVE',
    title: 'The user is inactive in IAS',
    text: 'USER_INACTIVE',
    because: ({ user }) => `${user} is not active in IAS`,
    remedy: apply,
  },
  {
    code: 'LOGIN_PASSWORD_RESET',
    title: 'The password must be reset before the next login',
    text: 'PASSWORD_RESET_REQUIRED',
    because: ({ user }) => `IAS wants the password of ${user} reset (unused for too long under its policy)`,
    remedy: apply,
  },
  {
    code: 'LOGIN_PASSWORD_CHANGE',
    title: 'The password is initial or expired and must be changed',
    text: 'PASSWORD_CHANGE_REQUIRED',
    because: ({ user }) => `the password of ${user} is initial or expired: IAS wants it changed first`,
    remedy: apply,
  },
  {
    code: 'LOGIN_INITIAL_PASSWORD_EXPIRED',
    title: 'The initial password has expired',
    text: 'INITIAL_PASSWORD_EXPIRED',
    because: ({ user }) => `the initial password of ${user} has expired unused`,
    remedy: apply,
  },
  {
    code: 'LOGIN_SECOND_FACTOR',
    title: 'The identity provider asks for a second factor',
    text: 'INVALID_AUTHORIZATION_HEADER_LENGTH',
    because: ({ user }) => `IAS asks ${user} for a one-time code that a technical user does not have`,
    remedy: () =>
      'except the technical user from the second factor of the application SAP Business Technology Platform',
  },
  {
    code: 'LOGIN_SECOND_FACTOR',
    title: 'The identity provider asks for a second factor',
    text: 'INVALID_OTP_CODE',
    because: ({ user }) => `IAS asks ${user} for a one-time code that a technical user does not have`,
    remedy: () =>
      'except the technical user from the second factor of the application SAP Business Technology Platform',
  },
  {
    code: 'LOGIN_DENIED_BY_RULE',
    title: 'A risk-based authentication rule denies the login',
    text: 'RBA_RULE_ACTION_DENY',
    because: ({ user }) => `a risk-based authentication rule of the IAS tenant denies the login of ${user}`,
    remedy: () => 'allow the technical user (its group or IP range) in the risk-based authentication rules',
  },
];

/** Texts of UAA itself (UAA source 13dc87a, PasswordGrantAuthenticationManager and its neighbours). */
const UAA_RULES: readonly Rule[] = [
  {
    code: 'LOGIN_ORIGIN_UNKNOWN',
    title: 'The landscape knows no identity provider with this origin key',
    text: 'does not match an active Identity Provider, that supports password grant',
    because: ({ originKey, landscape }) =>
      `${landscape} has no active OIDC platform identity provider with origin key ${originKey}`,
    remedy: () =>
      'compare originKey with the platform trust of the global account; `locum apply` establishes a missing one',
  },
  {
    code: 'LOGIN_ORIGIN_NOT_ALLOWED',
    title: 'The client may not use this identity provider',
    text: "Client is not authorized for specified user's identity provider",
    because: ({ originKey, landscape }) => `the client cf of ${landscape} may not log in users of origin ${originKey}`,
    remedy: () => 'ask SAP support: the identity provider is not open to the client cf',
  },
  {
    code: 'LOGIN_LOCKED',
    title: 'UAA has locked the account',
    text: 'Your account has been locked because of too many failed attempts',
    because: ({ user, landscape }) => `UAA of ${landscape} has locked ${user} after failed logins`,
    remedy: () => 'wait five minutes, and find who logs in with an old password',
  },
  {
    code: 'LOGIN_PASSWORD_CHANGE',
    title: 'The password is initial or expired and must be changed',
    text: 'password change required',
    because: ({ user }) => `UAA wants the password of ${user} changed first`,
    remedy: apply,
  },
  {
    code: 'LOGIN_NO_SHADOW_USER',
    title: 'The landscape does not create users at their first login',
    text: 'The user account must be pre-created',
    because: ({ user, landscape }) => `${landscape} does not know ${user} and creates no users at login`,
    remedy: () => 'add the user to the org in the BTP cockpit once, or let the trust create shadow users at login',
  },
  {
    code: 'LOGIN_NO_ID_TOKEN',
    title: 'The identity provider gave no id_token',
    text: 'Could not obtain id_token from external OpenID Connect provider',
    because: () => 'the identity provider accepted the password but gave UAA no id_token',
    remedy: () => 'the application SAP Business Technology Platform in IAS must allow the password grant',
  },
  {
    code: 'LOGIN_ISSUER_UNKNOWN',
    title: 'The issuer of the identity provider has changed',
    text: 'Unable to map issuer',
    because: ({ originKey }) => `the IAS tenant behind ${originKey} has another issuer now than the trust has recorded`,
    remedy: () => 'refresh the trust configuration in the BTP cockpit',
  },
  {
    code: 'LOGIN_BAD_CREDENTIALS',
    title: 'User name or password is wrong',
    text: 'Bad credentials',
    because: ({ user, originKey }) => `origin ${originKey} knows no user ${user} with this password`,
    remedy: renew,
  },
];

const RULES = [...IAS_RULES, ...UAA_RULES];

const UNKNOWN: FindingKind = {
  code: 'LOGIN_REFUSED',
  title: 'The login was refused',
  explanation: 'UAA or the identity provider refused user name or password for a reason that it does not name.',
};

/** Reads the reason of a refused password grant (`error: error_description`, IAS bodies included). */
export function explainRefusal(reason: string, login: RefusedLogin): Refusal {
  const rule = RULES.find(({ text }) => reason.includes(text));
  if (rule) return { code: rule.code, because: rule.because(login), remedy: rule.remedy(login) };
  return {
    code: UNKNOWN.code,
    because: `${login.landscape} refused user name or password of ${login.user} (origin ${login.originKey})`,
    remedy: renew(login),
  };
}

/** The finding codes that {@link explainRefusal} gives. */
export const refusalKinds: readonly FindingKind[] = [
  UNKNOWN,
  ...new Map(RULES.map((rule) => [rule.code, kindOf(rule)])).values(),
];

function kindOf({ code, title }: Rule): FindingKind {
  return {
    code,
    title,
    explanation: `${title}: no consumer gets a token with this user and password until it is mended. The hop of \`locum doctor\` names the place and the command.`,
  };
}
