import type { KnownDifference } from '../scenarios/judge.ts';
import type { Step } from '../scenarios/step.ts';

const grantOf = (call: Step) => call.form?.grant_type ?? '';

/** Where the emulated UAA answers otherwise than the open-source one, on purpose. */
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
