import type { Secret } from '../../../kernel/secret.ts';
import type { HttpCall } from '../http/client.ts';
import { call, type Landscape, list } from './client.ts';
import { listValue, organization, space } from './wire.ts';

/** What the CF API answers to a consumer that looks for its org and space by name, as `cf target` does. */
export interface Reach {
  /** GUID of the org, when the token sees it. */
  readonly org: string | undefined;
  /** GUID of the space, when one was asked for and the token sees it. */
  readonly space: string | undefined;
}

/** Looks for an org, and a space of it, with a token: what is not visible to the token is not found. */
export async function reach(
  landscape: Landscape,
  token: Secret,
  target: { readonly org: string; readonly space?: string },
): Promise<Reach> {
  const send = (request: HttpCall) => call(landscape, token, request);
  const orgs = new URL('/v3/organizations', landscape.api);
  orgs.searchParams.set('names', listValue(target.org));
  const found = await list(send, { operation: `find org ${target.org}`, url: orgs }, organization);
  const org = found.resources[0]?.guid;
  if (org === undefined || target.space === undefined) return { org, space: undefined };
  const spaces = new URL('/v3/spaces', landscape.api);
  spaces.searchParams.set('names', listValue(target.space));
  spaces.searchParams.set('organization_guids', org);
  const seen = await list(send, { operation: `find space ${target.space}`, url: spaces }, space);
  return { org, space: seen.resources[0]?.guid };
}
