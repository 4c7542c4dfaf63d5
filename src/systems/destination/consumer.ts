import { decodeJwt } from 'jose';
import type { z } from 'zod';
import { RemoteError } from '../../kernel/errors.ts';
import type { SystemContext } from '../../kernel/system.ts';
import { deployTarget } from './flaws.ts';
import { landscapeDomain } from './presets.ts';
import { consumerHttp, type DeclaredDestination, type TokenAttempt } from './token-attempt.ts';
import { cfRoles, cfSpaces } from './wire.ts';

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
  const { org, space } = resource.props.target;
  const api = got.url.replace(/\/+$/, '');
  const { resources } = await ask(ctx, got, `${api}/v3/spaces`, { organization_guids: org.guid }, cfSpaces);
  const evidence = [`GET ${api}/v3/spaces answers with ${resources.length} space(s) of org ${org.name}`];
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
  const { org, space } = resource.props.target;
  const api = `https://api.${landscapeDomain(got.url).replace(/^deploy-service\./, '')}`;
  const place = deployTarget(got.url);
  const wanted: Readonly<Record<string, string>> =
    place && 'spaceGuid' in place
      ? { guids: place.spaceGuid }
      : { names: place?.space ?? '', organization_guids: org.guid };
  const [found] = (await ask(ctx, got, `${api}/v3/spaces`, wanted, cfSpaces)).resources;
  if (!found) {
    return {
      status: 'failed',
      evidence: [CHECK_CONNECTION],
      code: 'DESTINATION_SPACE_INVISIBLE',
      because: `the token is good, but the user does not see space '${space?.name}' of org '${org.name}': CTMS would say Not Found`,
      remedy: `grant space_developer in '${org.name}' under cf.spaces and run \`locum apply\``,
    };
  }
  const { resources: roles } = await ask(
    ctx,
    got,
    `${api}/v3/roles`,
    {
      space_guids: found.guid,
      user_guids: userGuid(got),
      types: 'space_developer,space_manager,space_auditor',
    },
    cfRoles,
  );
  const types = roles.map((role) => role.type);
  const evidence = [
    `space ${org.name}/${found.name} is visible`,
    `roles there: ${types.join(', ') || 'none'}`,
    CHECK_CONNECTION,
  ];
  if (types.includes('space_developer')) return { status: 'ok', evidence };
  return {
    status: 'failed',
    evidence,
    code: 'DESTINATION_NOT_SPACE_DEVELOPER',
    because: `the deploy service would answer 403: the user is not space_developer in ${org.name}/${found.name}`,
    remedy: `grant space_developer in '${found.name}' under cf.spaces and run \`locum apply\``,
  };
}

const CHECK_CONNECTION =
  "SAP's Check Connection logs nobody in and is green for any status below 500; it would not have told";

/** GUID of the user in UAA, which the deploy service reads from the token too. */
function userGuid(got: GotToken): string {
  try {
    const { user_id: guid } = decodeJwt(got.token.reveal());
    if (typeof guid === 'string') return guid;
  } catch {
    // Not a JWT: told below, without the decoder's message, which could quote the token.
  }
  throw unreadable('read user_id of the token');
}

async function ask<T extends z.ZodType>(
  ctx: SystemContext,
  got: GotToken,
  url: string,
  query: Readonly<Record<string, string>>,
  schema: T,
): Promise<z.infer<T>> {
  const operation = `GET ${new URL(url).pathname}`;
  const http = await consumerHttp(ctx);
  const response = await http({
    operation,
    url: `${url}?${new URLSearchParams(query)}`,
    headers: { accept: 'application/json', authorization: `Bearer ${got.token.reveal()}` },
  });
  const answer = schema.safeParse(await response.json().catch(() => undefined));
  if (!answer.success) throw unreadable(operation);
  return answer.data;
}

function unreadable(operation: string): RemoteError {
  return new RemoteError('ERR_REMOTE_BROKEN', {
    system: 'destination-consumer',
    operation,
    status: 200,
    serviceCode: 'unreadable answer',
  });
}
