import { Hono } from 'hono';
import type { EmulatorContext } from '../../../../emulation/emulator.ts';
import type { HostEnv } from '../../../../emulation/mount.ts';
import { type Caller, claimsIas } from '../bearer.ts';
import { unprocessable } from '../errors.ts';
import { createFind, type FindRequest, type Found } from '../find/find.ts';
import type { Store } from '../store.ts';
import { type Asking, type Ctx, V1, V2 } from './request.ts';

/** Headers of find, and what they are to it (OpenAPI 1.0.0). */
const HEADERS = {
  'x-user-token': 'userToken',
  'x-subject-token': 'subjectToken',
  'x-subject-token-type': 'subjectTokenType',
  'x-actor-token': 'actorToken',
  'x-actor-token-type': 'actorTokenType',
  'x-samlassertion': 'samlAssertion',
  'x-refresh-token': 'refreshToken',
  'x-code': 'code',
  'x-redirect-uri': 'redirectUri',
  'x-code-verifier': 'codeVerifier',
  'x-tenant': 'tenant',
  'x-client-assertion': 'clientAssertion',
  'x-client-assertion-type': 'clientAssertionType',
  'x-client-assertion-destination-name': 'assertionDestination',
  'if-match': 'ifMatch',
  'if-none-match': 'ifNoneMatch',
} as const satisfies Readonly<Record<string, keyof FindRequest>>;

export function findRoutes(ctx: EmulatorContext, store: Store, ask: Asking): Hono<HostEnv> {
  const { find, consume } = createFind(ctx, store);
  const app = new Hono<HostEnv>();

  app.get(`${V1}/destinations/:name`, async (c) => {
    const caller = await ask.caller(c);
    return answered(c, await find(caller, findRequest(c, caller)));
  });

  app.get(`${V2}/destinations/:name`, async (c) => {
    // "Attempt to authenticate with IAS issued token" (OpenAPI 1.0.0, 422).
    if (claimsIas(ctx, c.req.header('authorization'))) throw unprocessable();
    const caller = await ask.caller(c);
    return answered(c, await consume(caller, findRequest(c, caller)));
  });

  return app;
}

function answered(c: Ctx, { etag, body }: Found): Response {
  const headers = { ETag: etag };
  return body === undefined ? c.body(null, 304, headers) : c.json(body, 200, headers);
}

function findRequest(c: Ctx, caller: Caller): FindRequest {
  const headers = Object.entries(HEADERS).flatMap(([header, name]) => {
    const value = c.req.header(header);
    // An empty token is none: then the one of the Authorization header counts (btp-connectivity:39d4265).
    return value === undefined || value === '' ? [] : [[name, value] as const];
  });
  const metadata = c.req.query('$includeMetadata');
  const chain = c.req.header('x-chain-name');
  return {
    ...(caller.userToken === undefined || c.req.header('x-tenant') ? {} : { userToken: caller.userToken }),
    ...Object.fromEntries(headers),
    name: c.req.param('name') ?? '',
    fragments: (c.req.header('x-fragment-name') ?? '').split(',').flatMap((name) => name.trim() || []),
    fragmentOptional: c.req.header('x-fragment-optional') === 'true',
    skipCredentials: c.req.query('$skipCredentials') === 'true',
    skipTokenRetrieval: c.req.query('$skipTokenRetrieval') === 'true',
    ...(metadata === undefined ? {} : { includeMetadata: metadata }),
    // An empty name is none, as of the other headers.
    ...(chain === undefined || chain === '' ? {} : { chain: { name: chain, variables: chainVariables(c) } }),
  };
}

const CHAIN_VARIABLE = 'x-chain-var-';

function chainVariables(c: Ctx): Readonly<Record<string, string>> {
  const headers = Object.entries(c.req.header()).filter(([name]) => name.startsWith(CHAIN_VARIABLE));
  return Object.fromEntries(headers.map(([name, value]) => [name.slice(CHAIN_VARIABLE.length), value]));
}
