import { InvariantError } from '../errors.ts';
import type { Stops } from '../identity.ts';
import type { Inventory } from '../inventory.ts';
import type { JsonObject } from '../json.ts';
import { identityOf } from '../observe/uses.ts';
import { expandGraph } from '../plan/graph.ts';
import type { SystemContext, SystemDefinition } from '../system.ts';
import type { Credential } from './credential.ts';

/** What somebody who had a secret is logged in with. */
export interface TokenEnd {
  readonly address: string;
  readonly title: string;
  /** Ends it; done again it changes nothing more. Gives evidence for the trail. */
  end(): Promise<JsonObject>;
}

export interface TokenEnds extends Pick<Stops, 'unread' | 'limits'> {
  readonly ends: readonly TokenEnd[];
}

const NO_USER: TokenEnds = {
  ends: [],
  unread: [],
  limits: ['tokens that it got are accepted until they end: no service lets them be revoked without their client'],
};

/** The tokens of a credential's owner, at every service that can end them: what a freeze ends, without the user itself. */
export async function tokensOf(
  systems: readonly SystemDefinition[],
  { user: name }: Credential,
  inventory: Inventory,
  ctx: SystemContext,
): Promise<TokenEnds> {
  const user = ctx.manifest.technicalUsers.find((one) => one.name === name);
  if (!user) return NO_USER;
  const { resources } = expandGraph(systems, ctx.manifest, inventory);
  const known = [...resources.values()].filter((resource) => resource.user === name);
  const identity = identityOf(user, ctx.manifest);
  const stops = await Promise.all(systems.map((system) => system.stops?.(identity, known, ctx)));
  const found = stops.flatMap((one) => one?.found ?? []).filter(({ what }) => what === 'tokens');
  const types = new Map(systems.flatMap((system) => system.resources).map((type) => [type.type, type]));
  return {
    unread: stops.flatMap((one) => one?.unread ?? []),
    limits: stops.flatMap((one) => one?.limits ?? []),
    ends: found.map(({ type, address, title, scope, props, action }) => ({
      address,
      title,
      async end() {
        const resource = { type, address, props, scope, needs: [], user: name };
        const ending = types.get(type);
        if (!ending) throw new InvariantError(`no system has resources of type ${type}`);
        return ending.converge({ resource, action, observed: undefined }, ctx);
      },
    })),
  };
}
