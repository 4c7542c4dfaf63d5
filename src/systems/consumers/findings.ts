import type { FindingKind } from '../../kernel/finding.ts';

/** Finding codes of this slice. */
export const findings: readonly FindingKind[] = [
  {
    code: 'CONSUMER_NO_CONNECTION',
    title: 'A place of deliverTo has no connection',
    explanation:
      'Every entry of deliverTo is reached by a connection of its kind. Where there is one only, it need not be named; with several, `connection` says which.',
  },
  {
    code: 'CONSUMER_EMPTY',
    title: 'A place of deliverTo holds nothing',
    explanation: 'Whoever reads it there finds no credentials. `locum apply` writes them.',
  },
  {
    code: 'CONSUMER_STALE',
    title: 'A place of deliverTo holds another secret than the current one',
    explanation:
      'Somebody wrote an older version there, or a delivery did not get through. Whoever uses it is refused, and his failed logins can lock the technical user. `locum apply` writes the current one.',
  },
  {
    code: 'CONSUMER_UNPROVEN',
    title: 'A place of deliverTo does not give back what it holds',
    explanation:
      'The secrets of GitHub, Azure DevOps and Jenkins are told to pipelines only. Locum knows when it wrote there, not what is there now.',
  },
  {
    code: 'CONSUMER_UNREAD',
    title: 'A place of deliverTo can not be read',
    explanation:
      'The service did not answer, or refused the login of its connection. What it holds is not known until that is mended.',
  },
  {
    code: 'CONSUMER_NOT_OURS',
    title: 'A place of deliverTo holds a secret that is none of ours',
    explanation:
      'The place can be read, and what it holds is no version that the vault ever kept for this technical user; or it tells that somebody wrote there after Locum did. Whoever reads it there would lose it. Choose another place, or write over it with --adopt.',
  },
  {
    code: 'CONSUMER_LOGIN_ENDED',
    title: 'The token or secret ID of a connection to OpenBao has ended',
    explanation:
      'Nothing is delivered there any more. Give the connection a new one; a JWT of a pipeline is new each time.',
  },
  {
    code: 'CONSUMER_LOGIN_ENDS_SOON',
    title: 'The token or secret ID of a connection to OpenBao ends soon',
    explanation:
      'It is over then. Renew a token, make a new secret ID for the role, or let the connection log on by jwt.',
  },
  {
    code: 'CONSUMER_LOGIN_UNKNOWN',
    title: 'When the token or secret ID of a connection to OpenBao ends is not known',
    explanation:
      'The server could not be asked, or does not tell it to this login: of a secret ID it tells who may look it up. The entry says why.',
  },
];
