import { decodeJwt } from 'jose';
import { RemoteError } from '../../kernel/errors.ts';
import type { SystemContext } from '../../kernel/system.ts';
import { call, discover, type Landscape, list } from '../protocols/cf-v3/client.ts';
import { reach } from '../protocols/cf-v3/probe.ts';
import { accessTokenClaims, role, space as spaceResource } from '../protocols/cf-v3/wire.ts';
import type { HttpCall } from '../protocols/http/client.ts';
import { deployTarget } from './flaws.ts';
import type { DeclaredDestination, TokenAttempt } from './token-attempt.ts';

/** What the consumer gets with the token. */
export type ConsumerVerdict =
  | { readonly status: 'ok'; readonly evidence: readonly string[] }
  | {
      readonly status: 'failed' | 'warning';
      readonly evidence: readonly string[];
      readonly code: string;
      readonly because: string;
      readonly remedy: string;
    };

type GotToken = Extract<TokenAttempt, { status: 'token' }>;

/** Calls the CF API with the token as the consumer of the destination does. Throws a RemoteError when it is not answered. */
export function tryConsumer(
  resource: DeclaredDestination,
  got: GotToken,
  ctx: SystemContext,
): Promise<ConsumerVerdict> {
  return resource.props.target.preset === 'cf-api' ? asApp(resource, got, ctx) : asDeployService(resource, got, ctx);
}

/** An app that makes routes: it must see the org's spaces at the destination's URL. */
async function asApp(resource: DeclaredDestination, got: GotToken, ctx: SystemContext): Promise<ConsumerVerdict> {
  const { api, org, space } = resource.props.target;
  const url = new URL('/v3/spaces', got.url);
  url.searchParams.set('organization_guids', org.guid);
  const send = sender(await discover(ctx, api), got);
  const { resources } = await list(send, { operation: `list spaces of ${org.name}`, url }, spaceResource);
  const evidence = [`GET ${url.origin}/v3/spaces answers with ${resources.length} space(s) of org ${org.name}`];
  const seen = space === undefined ? resources.length > 0 : resources.some((one) => one.guid === space.guid);
  if (seen) return { status: 'ok', evidence };
  return {
    status: 'failed',
    evidence,
    code: 'DESTINATION_SPACE_INVISIBLE',
    because: `the token is good, but the user sees ${space ? `not space '${space.name}'` : 'no space'} of org '${org.name}'`,
    remedy: `grant a space role in '${org.name}' under cf.spaces and run \`locum apply\``,
  };
}

/**
 * The deploy service looks the space up with the user's token and asks for the user's roles there
 * (multiapps-controller, authorization checker); importing needs space_developer. Its own answer to the first call of an
 * import is asked for too, but only refutes: it lets managers and auditors read.
 */
async function asDeployService(
  resource: DeclaredDestination,
  got: GotToken,
  ctx: SystemContext,
): Promise<ConsumerVerdict> {
  const { api, org, space } = resource.props.target;
  const landscape = await discover(ctx, api);
  const place = deployTarget(got.url);
  const name = `${org.name}/${space?.name}`;
  const answer = await askDeployService(landscape, got);
  // A URL may hold the space's GUID instead of names; the check before has compared it with the target's.
  const visible =
    place && 'org' in place
      ? (await reach(landscape, got.token, place)).space
      : await spaceByGuid(landscape, got, place?.spaceGuid ?? '');
  if (visible === undefined) {
    return {
      status: 'failed',
      evidence: [answer.told, CHECK_CONNECTION],
      code: 'DESTINATION_SPACE_INVISIBLE',
      because: `the token is good, but the user does not see space '${name}'${meaning(answer)}`,
      remedy: `grant space_developer in '${org.name}' under cf.spaces and run \`locum apply\``,
    };
  }
  const url = new URL('/v3/roles', api);
  url.searchParams.set('space_guids', visible);
  url.searchParams.set('user_guids', userGuid(got));
  url.searchParams.set('types', 'space_developer,space_manager,space_auditor');
  const roles = await list(sender(landscape, got), { operation: `list roles in ${name}`, url }, role);
  const types = roles.resources.map((one) => one.type);
  const evidence = [
    `space ${name} is visible`,
    `roles there: ${types.join(', ') || 'none'}`,
    answer.told,
    CHECK_CONNECTION,
  ];
  if (!types.includes('space_developer')) {
    return {
      status: 'failed',
      evidence,
      code: 'DESTINATION_NOT_SPACE_DEVELOPER',
      because: `the deploy service refuses what an import writes with 403: the user is not space_developer in ${name}`,
      remedy: `grant space_developer in '${space?.name}' under cf.spaces and run \`locum apply\``,
    };
  }
  return judgeAnswer(answer, evidence, name);
}

/** With the right roles: whether the deploy service itself agrees. */
function judgeAnswer(answer: DeployAnswer, evidence: readonly string[], name: string): ConsumerVerdict {
  if (answer.status !== undefined && MEANING[answer.status] !== undefined) {
    return {
      status: 'failed',
      evidence,
      code: 'DESTINATION_DEPLOY_SERVICE_REFUSED',
      because: `the roles in ${name} are right, but the deploy service refuses the token${meaning(answer)}`,
      remedy: 'try again in a minute; if it stays, compare the host of the URL with the CF API endpoint of the org',
    };
  }
  if (answer.status === undefined || answer.status >= 500) {
    // 501: a landscape that does not have the deploy service proves nothing against the destination.
    if (answer.status === 501) return { status: 'ok', evidence };
    return {
      status: 'warning',
      evidence,
      code: 'DESTINATION_DEPLOY_SERVICE_SILENT',
      because: `user and roles are right, but an import would fail now: ${answer.told}`,
      remedy: 'see whether SAP reports an outage of the deploy service, and run `locum doctor` again',
    };
  }
  return { status: 'ok', evidence };
}

interface DeployAnswer {
  /** Absent when none came. */
  readonly status: number | undefined;
  readonly told: string;
}

/** Log messages of CTMS by the deploy service's answer (SAP help on CTMS troubleshooting, a26a721). */
const MEANING: Readonly<Record<number, string>> = {
  401: 'Error during deployment initialization: Unauthorized',
  403: 'Error during client creation: Forbidden',
  404: 'Error during client creation: Not Found',
};

function meaning({ status }: DeployAnswer): string {
  const logged = status === undefined ? undefined : MEANING[status];
  return logged === undefined ? '' : `: CTMS logs "${logged}"`;
}

/** The call with which CTMS creates its client. */
async function askDeployService(landscape: Landscape, got: GotToken): Promise<DeployAnswer> {
  const url = `${got.url.replace(/\/$/, '')}/metadata`;
  const told = (answered: string) => `GET ${url} ${answered}`;
  try {
    const response = await call(landscape, got.token, {
      operation: 'ask the deploy service',
      url,
      headers: { accept: 'application/xml' },
      expect: [200, 401, 403, 404, 501],
    });
    await response.body?.cancel();
    return { status: response.status, told: told(`answers ${response.status}`) };
  } catch (error) {
    if (!(error instanceof RemoteError)) throw error;
    const { status } = error;
    return { status, told: told(status === undefined ? 'is not answered' : `answers ${status}`) };
  }
}

const CHECK_CONNECTION =
  "SAP's Check Connection logs nobody in and is green for any status below 500: it proves none of this";

function sender(landscape: Landscape, got: GotToken): (request: HttpCall) => Promise<Response> {
  return (request) => call(landscape, got.token, request);
}

async function spaceByGuid(landscape: Landscape, got: GotToken, guid: string): Promise<string | undefined> {
  const url = new URL('/v3/spaces', landscape.api);
  url.searchParams.set('guids', guid);
  return (await list(sender(landscape, got), { operation: 'find space', url }, spaceResource)).resources[0]?.guid;
}

/** GUID of the user in UAA, which the deploy service reads from the token too. */
function userGuid(got: GotToken): string {
  try {
    const { user_id: guid } = accessTokenClaims.parse(decodeJwt(got.token.reveal()));
    if (guid !== undefined) return guid;
  } catch {
    // Not such a token: told below, without the decoder's message, which could quote it.
  }
  throw new RemoteError('ERR_REMOTE_BROKEN', {
    system: 'destination',
    operation: 'read user_id of the token',
    status: 200,
    serviceCode: 'unreadable token',
  });
}
