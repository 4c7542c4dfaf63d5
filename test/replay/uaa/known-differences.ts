import type { UaaRecording } from './recordings.ts';

/** Where the emulated UAA answers otherwise than the open-source one, on purpose. */
export interface KnownDifference {
  readonly scenario: string;
  /** The calls that it is about. */
  is(call: UaaRecording['call']): boolean;
  /** The differences that are meant, as the judge tells them. */
  readonly differs: RegExp;
  readonly because: string;
}

const grantOf = (call: UaaRecording['call']) => call.form?.grant_type ?? '';

export const KNOWN_DIFFERENCES: readonly KnownDifference[] = [
  {
    scenario: 'assertions',
    is: (call) => grantOf(call).endsWith('jwt-bearer'),
    differs: /^(body\.id_token|tokens(\.id_token|\.access_token\.claims\.auth_time)?) /,
    because: "SAP's UAA gives an id token for an assertion (recorded there), and with it the time of the logon",
  },
  {
    scenario: 'refresh',
    is: (call) => call.basic === undefined && call.form?.client_id === 'cf' && call.form.client_secret === undefined,
    differs: /^status 200, not 401/,
    because: "SAP's UAA takes an absent secret of the client cf for its empty one (recorded there)",
  },
  {
    scenario: 'assertions',
    is: (call) => grantOf(call) === 'user_token' && call.basic !== undefined,
    differs: /^(www-authenticate|body\.error_description) /,
    because: 'the text is a Java object, printed',
  },
  {
    scenario: 'codes',
    is: (call) => call.path.includes('client_id=locum-asks'),
    differs: /^body\.(undecided_)?scopes\.\d\.text /,
    because: "the words for scopes are the landscape's, and SAP's are not known",
  },
  {
    scenario: 'browser',
    is: (call) => call.path === '/login.do' && call.form?.password === 'wrong',
    differs: /^location /,
    because: 'the page that comes is the one that the person was on, not the choice of an identity provider',
  },
  {
    scenario: 'browser',
    is: (call) => call.path.startsWith('/oauth/authorize?client_id'),
    differs: /^location /,
    because: 'this one text of all UAA puts unencoded into the address; browsers take both',
  },
  {
    scenario: 'groups',
    is: (call) => call.method === 'POST' && call.path === '/Groups' && JSON.stringify(call.json) === '{}',
    differs: /^body\.(message|error_description) /,
    because: 'the text is that of the database',
  },
];

/** What is different and not meant to be. */
export function unexpected(row: UaaRecording, differences: readonly string[]): readonly string[] {
  const known = KNOWN_DIFFERENCES.filter(({ scenario, is }) => scenario === row.scenario && is(row.call));
  return differences.filter((text) => !known.some(({ differs }) => differs.test(text)));
}
