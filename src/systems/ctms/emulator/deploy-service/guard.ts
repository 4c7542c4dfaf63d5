import type { Context } from 'hono';
import type { EmulatorContext } from '../../../../emulation/emulator.ts';
import type { HostEnv } from '../../../../emulation/mount.ts';
import { type Caller, createAuthentication } from './authentication.ts';
import { createAuthorization, type Place } from './authorization.ts';
import { type CsrfHeaders, createCsrf } from './csrf.ts';
import { DeployFault, notFound } from './errors.ts';
import type { DeployStore } from './store.ts';

export type Call = Context<HostEnv>;

/** A request that was let in. */
export interface Admitted {
  readonly c: Call;
  readonly caller: Caller;
  /** GUID of the space; empty where the route is about none. */
  readonly space: string;
}

/** Makes a route of named steps: CSRF, authenticate, authorize, answer, or say why not. */
export type Guard = (
  answer: (admitted: Admitted) => Response | Promise<Response>,
  /** The space of the route. @default none */
  placeOf?: (c: Call) => Place,
) => (c: Call) => Promise<Response>;

export function createGuard(ctx: EmulatorContext, store: DeployStore): Guard {
  const csrf = createCsrf(ctx, store);
  const authenticate = createAuthentication(ctx);
  const authorize = createAuthorization(ctx);

  function isEmulated(landscape: string): boolean {
    return ctx.world
      .use('cloudFoundry')
      .landscapes()
      .some(({ name }) => name === landscape);
  }

  return (answer, placeOf) => async (c) => {
    const landscape = c.env.landscape ?? '';
    let headers: CsrfHeaders = {};
    try {
      headers = csrf(c.req.raw);
      // The deploy service of a landscape that has none of our orgs: whoever asks there finds nothing (docs on CTMS, a26a721).
      if (!isEmulated(landscape) && c.req.header('authorization') !== undefined) throw notFound('Not Found');
      const caller = await authenticate(c.req.raw, landscape);
      const space = placeOf ? await authorize(caller, placeOf(c), c.req.method === 'GET') : '';
      const response = await answer({ c, caller, space });
      for (const [name, value] of Object.entries(headers)) response.headers.append(name, value);
      return response;
    } catch (error) {
      if (!(error instanceof DeployFault)) throw error;
      const type = error.message === '' ? {} : { 'content-type': 'text/plain;charset=UTF-8' };
      return new Response(error.message === '' ? null : error.message, {
        status: error.status,
        headers: { ...type, ...headers, ...error.headers },
      });
    }
  };
}
