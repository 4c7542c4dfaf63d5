import type { LimitedApi } from '../limits.ts';
import type { ApiScope, RestAccess, RestCaller } from './access.ts';
import { type Call, handling } from './answers.ts';

type Respond = (c: Call, caller: RestCaller) => Response | Promise<Response>;

/** Lets in who may read or write what a group of routes is about. */
export interface Guard {
  reading(respond: Respond): (c: Call) => Promise<Response>;
  writing(respond: Respond): (c: Call) => Promise<Response>;
  /** Any token of the zone. */
  anybody(respond: Respond): (c: Call) => Promise<Response>;
}

export function createGuard(
  access: RestAccess,
  api: LimitedApi | undefined,
  scopes: { readonly read: ApiScope; readonly write: ApiScope },
): Guard {
  const entering = (scope: ApiScope | undefined) => (respond: Respond) =>
    handling(async (c) => respond(c, await access.enter(c.req.raw, c.env.region ?? '', api, scope)));
  return { reading: entering(scopes.read), writing: entering(scopes.write), anybody: entering(undefined) };
}
