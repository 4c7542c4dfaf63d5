import type { Fact, KindDeclaration } from '../../kernel/rotate/declaration.ts';

const NONE: Fact = { is: 'none', source: 'cloudfoundry/uaa' };

/** Every logon has one of its own, so that nothing is kept, and nothing is to be replaced. */
export const passing: readonly KindDeclaration[] = [
  {
    name: 'passcode',
    title: 'passcode of Cloud Foundry',
    declaredAs: 'nothing: `cf login --sso-passcode`',
    validAtOnce: { is: 'one: the next one ends it', source: 'cloudfoundry/uaa' },
    minted: 'the UAA, at `/passcode`, for whoever is logged on there in a browser',
    proven: 'by the logon that it is for',
    retired: 'by that logon',
    policy: {
      minimumAge: NONE,
      history: NONE,
      maximumAge: { is: '5 minutes', source: 'cloudfoundry/uaa' },
      unusedLimit: NONE,
    },
  },
  {
    name: 'jwt-assertion',
    title: 'JWT assertion',
    declaredAs: 'nothing: `cf auth --assertion`',
    validAtOnce: { is: 'any number', source: 'RFC 7523' },
    minted: 'the identity provider that the trust names, such as that of GitHub or GitLab',
    proven: 'by the logon that it is for',
    retired: 'by its end',
    policy: {
      minimumAge: NONE,
      history: NONE,
      maximumAge: { is: 'its end (`exp`)', source: 'RFC 7523' },
      unusedLimit: NONE,
    },
  },
];
