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
      readonly status: 'failed';
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
 * (multiapps-controller, authorization checker); importing needs space_developer.
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
  // A URL may hold the space's GUID instead of names; the check before has compared it with the target's.
  const visible =
    place && 'org' in place
      ? (await reach(landscape, got.token, place)).space
      : await spaceByGuid(landscape, got, place?.spaceGuid ?? '');
  if (visible === undefined) {
    return {
      status: 'failed',
      evidence: [CHECK_CONNECTION],
      code: 'DESTINATION_SPACE_INVISIBLE',
      because: `the token is good, but the user does not see space '${name}': CTMS would say Not Found`,
      remedy: `grant space_developer in '${org.name}' under cf.spaces and run \`locum apply\``,
    };
  }
  const url = new URL('/v3/roles', api);
  url.searchParams.set('space_guids', visible);
  url.searchParams.set('user_guids', userGuid(got));
  url.searchParams.set('types', 'space_developer,space_manager,space_auditor');
  const roles = await list(sender(landscape, got), { operation: `list roles in ${name}`, url }, role);
  const types = roles.resources.map((one) => one.type);
  const evidence = [`space ${name} is visible`, `roles there: ${types.join(', ') || 'none'}`, CHECK_CONNECTION];
  if (types.includes('space_developer')) return { status: 'ok', evidence };
  return {
    status: 'failed',
    evidence,
    code: 'DESTINATION_NOT_SPACE_DEVELOPER',
    because: `the deploy service would answer 403: the user is not space_developer in ${name}`,
    remedy: `grant space_developer in '${space?.name}' under cf.spaces and run \`locum apply\``,
  };
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
