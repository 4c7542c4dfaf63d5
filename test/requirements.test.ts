import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const DESTINATION = 'src/systems/destination/emulator';
const ROUTES = `${DESTINATION}/routes/routes.test.ts`;
const FIND = `${DESTINATION}/find/find.test.ts`;
const XSUAA = 'src/systems/authz/emulator/xsuaa/xsuaa.test.ts';
const DOCS = 'test/docs.test.ts';
const DISCOVERY = 'src/systems/ias/emulator/oidc/discovery.test.ts';

/** What SAP Cloud SDK and @sap/xssec need of the emulated services (R1 to R12), and the tests that show it is there. */
const TESTS: Readonly<Record<string, readonly (readonly [file: string, title: string])[]>> = {
  'R1: listeners for HTTP and HTTPS, with a CA for Node': [
    ['src/landscape/network/ports.test.ts', 'every host has a plain port; the service sees its production name'],
    [
      'src/landscape/network/certificate-authority.test.ts',
      'certifies one host per certificate, by its alternative name,',
    ],
    ['src/landscape/network/proxy.test.ts', 'Node needs nothing but the environment'],
  ],
  'R2: no tenant depends on the name of a local host': [
    ['src/landscape/network/ports.test.ts', 'links in bodies and headers lead to the ports'],
    [XSUAA, 'the regional host takes the tenant from x-zid, and only there'],
  ],
  'R3: the token endpoint of XSUAA': [
    [XSUAA, 'issues a token that its own keys verify, with the claims that xssec reads'],
    [XSUAA, 'takes raw Basic credentials without a plus, and the grant type from the query'],
    [XSUAA, 'the regional host takes the tenant from x-zid, and only there'],
  ],
  'R4: keys by tenant, discovery of IAS': [
    [XSUAA, 'issues a token that its own keys verify, with the claims that xssec reads'],
    [DISCOVERY, 'the discovery document is the documented one'],
    [DISCOVERY, 'no endpoint of the document is missing'],
  ],
  'R5: finding a destination': [
    [FIND, 'fetches no token when the client says so, and hides credentials when asked'],
    [FIND, 'prefers the instance level and says so in the owner'],
    [FIND, 'tells an unreachable or senseless token service in the token, not by a status'],
    [ROUTES, 'answers the exact text that SAP Cloud SDK takes for "no such destination"'],
  ],
  'R6: both lists': [[ROUTES, 'lists both levels, empty ones too, and keeps subaccounts apart']],
  'R7: administration': [
    [ROUTES, 'creates with 201 and an empty body'],
    [ROUTES, 'answers 409 to a name that is taken'],
    [ROUTES, 'overwrites everything with PUT'],
    [ROUTES, 'refuses a PUT or DELETE whose If-Match is not the current version'],
    [ROUTES, 'answers 304 to the version that the client has'],
    [ROUTES, 'creates many, tells each outcome, and answers 207 when some failed'],
    [ROUTES, 'deletes by a list of names and says which were not there'],
    [ROUTES, 'gives names only with $select'],
    [ROUTES, 'pages with counts and links to the neighbours'],
    [ROUTES, 'keeps fragments, which are no destinations'],
    [`${DESTINATION}/certificates/certificates.test.ts`, 'tells each certificate of an array how it went'],
    [`${DESTINATION}/labels.test.ts`, 'lists are filtered by labels'],
  ],
  'R8: the login at the token service is a real one': [
    [FIND, 'logs in at the token service with the stored credentials'],
    [FIND, "A30: a client secret on UAA's client cf turns the token into a 401 inside a 200"],
    [FIND, 'sends more queries, form fields, headers and scope, and the client as Basic when it shall'],
    [FIND, 'waits for a token service no longer than the destination says'],
  ],
  'R9: encodings': [
    [ROUTES, 'filters by names, prefix, suffix and age, with a raw or an encoded dollar sign'],
    [ROUTES, 'decodes names in the path'],
    [ROUTES, 'reads back every property in clear text'],
  ],
  'R10: who sees secrets': [
    [ROUTES, 'reads back every property in clear text'],
    [`${DESTINATION}/commands/commands.test.ts`, 'is shown without its secrets'],
    [`${DESTINATION}/cockpit/cockpit.test.ts`, 'exported without them'],
  ],
  'R11: caches and faults': [
    [FIND, 'with destination.tokenCache answers up to five minutes from what it knew'],
    ['src/landscape/requests/faults.test.ts', 'answers in the place of the service, which never sees the request'],
    ['src/landscape/requests/faults.test.ts', 'a delayed request waits for the clock and holds up no other'],
    ['src/landscape/requests/faults.test.ts', 'strikes what one service asks of another'],
  ],
  'R12: the binding of the Destination service is enough': [
    [ROUTES, 'makes a service key of the documented shape, with a secret of its own'],
    [XSUAA, 'issues a token that its own keys verify, with the claims that xssec reads'],
    [DOCS, 'in the environment'],
    [DOCS, 'in a file'],
    [DOCS, 'in a folder of Kubernetes'],
    [DOCS, 'in a folder of the service operator'],
  ],
};

test.for(Object.entries(TESTS))('%s', ([, tests]) => {
  for (const [file, title] of tests) expect(titlesOf(file), file).toContainEqual(expect.stringContaining(title));
});

function titlesOf(file: string): readonly string[] {
  const found = readFileSync(file, 'utf8').matchAll(/^ *test(?:\.\w+\([\s\S]*?\))?\(\s*(['"`])((?:(?!\1).)*)\1/gm);
  return [...found].map(([, , title = '']) => title);
}
