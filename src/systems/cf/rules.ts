import type { Finding, FindingKind } from '../../kernel/finding.ts';
import type { Manifest, Selector, TechnicalUser } from '../../kernel/manifest/types.ts';
import type { Rule } from '../../kernel/system.ts';
import { refusalKinds } from '../protocols/cf-v3/refusal.ts';
import { connectionOf } from './connection.ts';
import { type CfGrant, cfGrants } from './section.ts';

/** Looks at every grant of Cloud Foundry roles. */
function perGrant(
  kind: FindingKind,
  judge: (cf: CfGrant, selector: Selector, user: TechnicalUser) => Omit<Finding, 'code' | 'subject' | 'at'> | undefined,
): Rule {
  return {
    kind,
    check: (manifest: Manifest) =>
      manifest.technicalUsers.flatMap((user, index) =>
        cfGrants(user).flatMap(({ cf, index: grant }) => {
          const judged = judge(cf, user.grants[grant]?.subaccounts ?? {}, user);
          if (!judged) return [];
          const at = manifest.locate(['technicalUsers', index, 'grants', grant, 'cf']);
          return [{ code: kind.code, subject: user.name, at, ...judged }];
        }),
      ),
  };
}

const roleTooBroad: FindingKind = {
  code: 'CF_ROLE_TOO_BROAD',
  title: 'A technical user manages a whole org',
  explanation:
    'An Org Manager gives roles to others, itself included, and so reaches every space and its credentials. A technical user seldom needs that: deployments need Space Developer, tenant routes Space Supporter.',
  docs: 'SAP help, "About Roles in the Cloud Foundry Environment"',
};

const developerInProduction: FindingKind = {
  code: 'CF_DEVELOPER_IN_PRODUCTION',
  title: 'A technical user develops in production',
  explanation:
    'A Space Developer reads the credentials of all applications and services of the space. The deploy service needs the role, other uses seldom do: Space Supporter starts, stops and routes, Space Auditor reads.',
  docs: 'SAP security recommendation BTP-UAA-0017',
};

const supporterNeedsV8: FindingKind = {
  code: 'CF_SUPPORTER_NEEDS_CLI_8',
  title: 'The role Space Supporter needs cf CLI 8',
  explanation:
    'Space Supporter came with CF API 3.104; cf CLI 7 and older neither show nor set it, and cf CLI 6 knows no origins at all. Pipelines that run as this user need cf CLI 8.',
  docs: 'SAP help, "About Roles in the Cloud Foundry Environment"',
};

const connectionMissing: FindingKind = {
  code: 'CF_CONNECTION_MISSING',
  title: 'Nobody is named who grants Cloud Foundry roles',
  explanation:
    'Cloud Foundry roles are granted by an Org Manager (spaces: also by a Space Manager, but only to members of the org). connections.cf names that user.',
};

export const rules: readonly Rule[] = [
  perGrant(roleTooBroad, (cf, selector) =>
    cf.orgRoles.includes('organization_manager')
      ? {
          severity: 'warning',
          because: `organization_manager ${isProduction(selector) ? 'in production ' : ''}lets it give roles to anyone`,
          remedy: 'grant the space roles that it needs instead',
        }
      : undefined,
  ),
  perGrant(developerInProduction, (cf, selector) =>
    // A hint only: what deploys to production can't do without the role.
    isProduction(selector) && cf.spaces.some((space) => space.roles.includes('space_developer'))
      ? {
          severity: 'info',
          because: 'space_developer in production reads the credentials of everything in the space',
          remedy: 'keep it if the user deploys; otherwise grant space_supporter or space_auditor',
        }
      : undefined,
  ),
  perGrant(supporterNeedsV8, (cf) =>
    cf.spaces.some((space) => space.roles.includes('space_supporter'))
      ? {
          severity: 'info',
          because: 'cf CLI 7 and older know no space_supporter',
          remedy: 'use cf CLI 8 wherever this user works',
        }
      : undefined,
  ),
  {
    kind: connectionMissing,
    check(manifest) {
      const user = manifest.technicalUsers.find((candidate) => cfGrants(candidate).length > 0);
      if (!user || connectionOf(manifest)) return [];
      return [
        {
          code: connectionMissing.code,
          severity: 'error',
          subject: user.name,
          because: 'it is granted Cloud Foundry roles, but connections.cf is missing',
          remedy: 'add connections.cf with user and password of an Org Manager',
          at: manifest.locate(['connections']),
        },
      ];
    },
  },
];

/** Whether a selector names or labels production: that is all that a manifest tells. */
function isProduction({ names = [], labels = {} }: Selector): boolean {
  const words = [...names, ...Object.values(labels).flat()];
  return words.some((word) => /(^|[^a-z])prod(uction|uctive)?([^a-z]|$)/i.test(word));
}

/** Codes beyond those of the rules. */
export const findings: readonly FindingKind[] = [
  {
    code: 'CF_WITHOUT_SUBACCOUNTS',
    title: 'Cloud Foundry roles without a subaccount',
    explanation: 'Orgs belong to subaccounts; the global account and directories have none.',
  },
  {
    code: 'CF_ORG_MISSING',
    title: 'A selected subaccount has no Cloud Foundry org',
    explanation: 'The manifest grants Cloud Foundry roles in a subaccount in which Cloud Foundry is not enabled.',
  },
  {
    code: 'CF_SPACE_MISSING',
    title: 'No space has this name',
    explanation:
      'The manifest grants roles in a space that is not there, or that the user of connections.cf does not see: it must be Org Manager of the org, or have a role in the space.',
  },
  {
    code: 'CF_ROLE_MISSING',
    title: 'A declared role is not there',
    explanation: 'Without it the CF API shows the technical user no org or space. `locum apply` grants it.',
  },
  {
    code: 'CF_ORIGIN_DIFFERS',
    title: 'The role or token belongs to another origin',
    explanation:
      'Cloud Foundry tells users apart by e-mail and origin. Roles given to the same e-mail with origin sap.ids or uaa (a forgotten `--origin`) belong to another user.',
    docs: 'SAP help, "Add Members to Orgs or Spaces"',
  },
  {
    code: 'CF_USER_NAME_DIFFERS',
    title: 'UAA knows the user by another name',
    explanation:
      'The e-mail that the identity provider sends is not the one of the manifest, so roles go to another user.',
  },
  {
    code: 'CF_ORG_NOT_VISIBLE',
    title: 'The token sees no org',
    explanation: 'The CF API answers with an empty list to users without a role in the org.',
  },
  {
    code: 'CF_SPACE_NOT_VISIBLE',
    title: 'The token sees the org but not the space',
    explanation: 'Members of an org see a space only by a role in it, or as Org Manager.',
  },
  {
    code: 'LOGIN_SPARED',
    title: 'A login was not tried',
    explanation:
      'A login of this technical user was refused before in the same run. More attempts with the same password could lock the user, so none is made until the password is renewed.',
  },
  {
    code: 'CF_COPY_WITHOUT_SPACE',
    title: 'A place of cloudFoundry has no space',
    explanation:
      'The subaccount has no Cloud Foundry org, or the user of connections.cf sees no space of this name in it. The credentials that apps read there can not be looked at.',
  },
  {
    code: 'CF_COPY_WITHOUT_USER',
    title: 'An environment does not tell which of the twins an app uses',
    explanation:
      'Twins take turns: the app has to take the user, too, from where it takes the password. Without it a rotation would not know which of them stands by.',
  },
  {
    code: 'CF_APP_CRASHED',
    title: 'An app does not come up with the credentials that it was given',
    explanation:
      'After it got the new secret it was restarted, and instances of it crash. Its log says why. With twins the rotation goes back.',
  },
  ...refusalKinds,
];
