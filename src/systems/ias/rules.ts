import type { Finding, Severity } from '../../kernel/finding.ts';
import type { Manifest, TechnicalUser } from '../../kernel/manifest/types.ts';
import type { Rule } from '../../kernel/system.ts';
import { userTypeOf } from './section.ts';

interface Judgement {
  readonly severity: Severity;
  readonly because: string;
  readonly remedy: string;
  /** Key of the technical user that it is about. */
  readonly key: string;
}

/** A rule about each technical user by itself. */
function perUser(
  kind: Rule['kind'],
  judge: (user: TechnicalUser, now: number, manifest: Manifest) => Judgement | undefined,
): Rule {
  return {
    kind,
    check: (manifest, now) =>
      manifest.technicalUsers.flatMap((user, index): Finding[] => {
        const found = judge(user, now, manifest);
        if (!found) return [];
        const { key, ...rest } = found;
        return [
          {
            code: kind.code,
            subject: user.name,
            ...rest,
            ...(kind.docs === undefined ? {} : { docs: kind.docs }),
            at: manifest.locate(['technicalUsers', index, key]),
          },
        ];
      }),
  };
}

const domainOf = (email: string) => email.slice(email.lastIndexOf('@') + 1).toLowerCase();

/** L-06. */
const dummyDomain = perUser(
  {
    code: 'IAS_MAIL_DOMAIN',
    title: 'The e-mail is at a domain that may belong to somebody',
    explanation:
      'A technical user needs a unique e-mail, not a mailbox. SAP names sap-test.de and domains that end in .invalid for that. ' +
      'At any other domain the address may belong to a person, now or later, who then receives mails, can reset the password, ' +
      'or is taken for the technical user.',
    docs: 'btp-cloud-identity-services 348deef, 93807cf',
  },
  ({ email }) => {
    const domain = domainOf(email);
    if (domain === 'sap-test.de' || domain.endsWith('.invalid')) return undefined;
    return {
      severity: 'warning',
      because: `${domain} is no dummy domain: ${email} may be, or become, the address of a person`,
      remedy: `use ${email.slice(0, email.lastIndexOf('@'))}@sap-test.de, or leave email out`,
      key: 'email',
    };
  },
);

/** L-07. */
const uniqueEmail = perUser(
  {
    code: 'IAS_MAIL_NOT_UNIQUE',
    title: 'Two technical users share an e-mail',
    explanation:
      'The e-mail identifies a user on every level of BTP. An IAS tenant refuses the second user; in two tenants both ' +
      'users exist, and whoever assigns rights by e-mail without the origin key hits the wrong one.',
    docs: 'btp-cloud-platform c368984, cc1c676',
  },
  (user, _now, { technicalUsers }) => {
    const first = technicalUsers.find((other) => other.email.toLowerCase() === user.email.toLowerCase());
    if (!first || first === user) return undefined;
    const same = first.identityProvider === user.identityProvider;
    return {
      severity: same ? 'error' : 'warning',
      because: `${user.email} is the e-mail of ${first.name}, too`,
      remedy: 'give each technical user its own e-mail',
      key: 'email',
    };
  },
);

/** L-08. */
const lowerCase = perUser(
  {
    code: 'IAS_MAIL_CASE',
    title: 'The e-mail is not in lower case',
    explanation: 'IAS, BTP and Cloud Foundry compare user names differently; only lower case is the same everywhere.',
    docs: 'btp-cloud-platform 0366298, 8e6ce96',
  },
  ({ email }) =>
    email === email.toLowerCase()
      ? undefined
      : {
          severity: 'warning',
          because: `${email} has capital letters`,
          remedy: `write ${email.toLowerCase()}`,
          key: 'email',
        },
);

const INACTIVITY_TYPES: ReadonlySet<string> = new Set(['public', 'customer', 'partner', 'employee']);

/** L-09. */
const inactivity = perUser(
  {
    code: 'IAS_USER_TYPE_INACTIVITY',
    title: 'The user type is in the range of the inactivity job',
    explanation:
      'IAS can block or delete users that have not logged on for some time, by user type: public, customer, partner and ' +
      'employee. A technical user that runs once a year would be gone. The type external is not in its range.',
    docs: 'btp-cloud-identity-services 744b2d0',
  },
  (user) => {
    const type = userTypeOf(user);
    if (!INACTIVITY_TYPES.has(type)) return undefined;
    return {
      severity: 'info',
      because: `the tenant's inactivity job, if it is on, blocks or deletes users of the type ${type}`,
      remedy: 'use userType: external, or make sure that the user logs on often enough',
      key: 'userType',
    };
  },
);

const DAY = 86_400_000;

/** L-10. */
const expired = perUser(
  {
    code: 'IAS_EXPIRES_PASSED',
    title: 'The last day of the technical user has passed',
    explanation: 'IAS refuses every logon after that day. A user that is needed no longer should leave the manifest.',
  },
  ({ name, expires }, now) =>
    expires === undefined || now < Date.parse(expires) + DAY
      ? undefined
      : {
          severity: 'error',
          because: `${name} expired on ${expires}`,
          remedy: 'set a later date, or take the user out of the manifest',
          key: 'expires',
        },
);

/** L-37. */
const personalId = perUser(
  {
    code: 'IAS_NAME_PERSONAL',
    title: 'The name looks like an S-user or P-user',
    explanation:
      'S-users and P-users belong to persons at the SAP ID service, with mailboxes, expiring passwords and their own ' +
      'rules. A technical user with such a name is mistaken for one, or was one.',
    docs: 'btp-integration-suite 58ff94f',
  },
  ({ name }) =>
    /^[sp]\d{6,10}$/i.test(name)
      ? {
          severity: 'warning',
          because: `${name} has the shape of a personal SAP user id`,
          remedy: 'name the user after its purpose',
          key: 'name',
        }
      : undefined,
);

/** L-25. */
const awkwardCharacters = perUser(
  {
    code: 'IAS_NAME_CHARACTERS',
    title: 'The name has characters that clients send wrongly',
    explanation:
      'A plus sign that is not encoded in a form arrives as a space, a colon ends the user name of a Basic header, and a ' +
      'percent sign or a letter beyond ASCII is decoded differently from client to client: the logon fails with 401.',
    docs: 'btp-cloud-platform fd5865e',
  },
  ({ name, email }) => {
    const [key, text] = AWKWARD.test(name) ? ['name', name] : ['email', email];
    if (!AWKWARD.test(text)) return undefined;
    return {
      severity: 'warning',
      because: `${text} has a plus sign, colon, percent sign or a letter beyond ASCII`,
      remedy: 'use letters, digits, dot, dash and underscore',
      key,
    };
  },
);
const AWKWARD = /[+:%]|[^\x20-\x7e]/;

const SECRET_KINDS: ReadonlySet<string> = new Set(['ias-client-secret', 'ias-application-secret']);

const ENDLESS = {
  code: 'IAS_SECRET_ENDLESS',
  title: 'A secret never ends',
  explanation:
    'A secret with `validity: never` that is lost, copied or forgotten opens the tenant for ever, and no date reminds anybody of it. The console and the ' +
    'API give each secret an end; a rotation makes the next one in time.',
  docs: 'btp-cloud-identity-services 5c3c35e, bbbdbdd',
};

const endless: Rule = {
  kind: ENDLESS,
  check: (manifest) =>
    manifest.credentials.flatMap(({ name, kind, validity }, index): Finding[] => {
      if (!SECRET_KINDS.has(kind) || validity !== 'never') return [];
      const because = 'its secrets never end: one that leaks unnoticed is good until somebody deletes it';
      const remedy = 'give it a validity, and let `locum rotate --due` replace it in time';
      const at = manifest.locate(['credentials', index, 'validity']);
      return [{ code: ENDLESS.code, severity: 'warning', subject: name, because, remedy, docs: ENDLESS.docs, at }];
    }),
};

export const rules: readonly Rule[] = [
  dummyDomain,
  uniqueEmail,
  lowerCase,
  inactivity,
  expired,
  personalId,
  awkwardCharacters,
  endless,
];
