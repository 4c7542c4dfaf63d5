import { Hono, type Context as HonoContext } from 'hono';
import type { EmulatorContext, HostMount } from '../../../../emulation/emulator.ts';
import { type HostEnv, mount } from '../../../../emulation/mount.ts';
import type { Zone } from '../../../../emulation/world.ts';
import { BTP_CLI_HOST, commandRequest, HEADERS } from '../wire.ts';
import type { Answer } from './answers.ts';
import { originKeyOf } from './identity-providers.ts';
import { globalAccountOf } from './logins.ts';
import { tunnelled, verdict } from './responses.ts';
import { resolveScope } from './scope.ts';
import { createSessions } from './sessions.ts';
import { speaksOurProtocol } from './versions.ts';

/** Who sends a command. */
export interface Caller {
  /** E-mail in lower case. */
  readonly user: string;
  readonly originKey: string;
  readonly globalAccount: Zone;
}

export interface CommandCall {
  readonly params: Readonly<Record<string, string>>;
  readonly caller: Caller;
}

/** A command on one tenant: `zone` is the global account, directory or subaccount that the parameters name. */
export interface TenantCall extends CommandCall {
  readonly zone: Zone;
}

type Handler<C> = (call: C) => Answer | Promise<Answer>;

/** One object of the command-line server, e.g. `security/trust`, with its actions. */
export type CommandObject =
  /** The server resolves the tenant of the parameters first. */
  | {
      readonly tenantScoped: true;
      readonly mediaType: string;
      readonly actions: Readonly<Record<string, Handler<TenantCall>>>;
    }
  /** The parameters go to the service as they are. */
  | {
      readonly tenantScoped: false;
      readonly mediaType: string;
      readonly actions: Readonly<Record<string, Handler<CommandCall>>>;
    };

/** Mounts the commands of a slice on the command-line server; what it does not name is left to other mounts. */
export function mountCommands(ctx: EmulatorContext, objects: Readonly<Record<string, CommandObject>>): HostMount {
  const sessions = createSessions(ctx);
  const app = new Hono<HostEnv>();

  for (const [name, object] of Object.entries(objects)) {
    app.post(`/command/:version/${name}`, async (c) => {
      const action = actionOf(c);
      if (!Object.hasOwn(object.actions, action)) return c.notFound();
      if (!speaksOurProtocol(c.req.param('version'))) return verdict(ctx, 412);
      const session = sessions.find(c.req.header(HEADERS.session) ?? null);
      if (!session) return verdict(ctx, 401);
      const body = commandRequest.safeParse(await c.req.json().catch(() => undefined));
      // assumed: no broken body was ever recorded.
      if (!body.success) return verdict(ctx, 400);
      const globalAccount = globalAccountOf(ctx, c.req.header(HEADERS.subdomain) ?? '');
      const originKey = globalAccount && originKeyOf(ctx, session, globalAccount);
      // assumed: by analogy with the login, which answers 403 to users without access to the global account.
      if (!globalAccount || originKey === undefined) return verdict(ctx, 403);
      const params = stringsOf(body.data.paramValues);
      const caller: Caller = { user: session.user, originKey, globalAccount };
      if (needsPreload(ctx, params, session.loaded)) return plainServerError();
      if (!object.tenantScoped)
        return tunnelled(ctx, await run(object.actions, action, { params, caller }), object.mediaType);
      const scope = resolveScope(ctx, globalAccount, params);
      if ('status' in scope) return verdict(ctx, scope.status, scope.serverMessage);
      const answer =
        'answer' in scope ? scope.answer : await run(object.actions, action, { params, caller, zone: scope.zone });
      return tunnelled(ctx, answer, object.mediaType);
    });
  }

  return {
    ...mount(BTP_CLI_HOST, () => [BTP_CLI_HOST], app),
    // One path has many actions, told apart by the query.
    routes: () =>
      Object.entries(objects).flatMap(([name, { actions }]) =>
        Object.keys(actions).map((action) => ({ method: 'POST', path: `/command/:version/${name}?${action}` })),
      ),
  };
}

async function run<C>(actions: Readonly<Record<string, Handler<C>>>, action: string, call: C): Promise<Answer> {
  const handler = actions[action];
  if (!handler) throw new TypeError(`no action '${action}'`);
  return handler(call);
}

/** The query is the bare action: `?list`. */
function actionOf(c: HonoContext): string {
  return decodeURIComponent(new URL(c.req.url).search.slice(1)).replace(/=$/, '');
}

/** Values are strings, with one recorded boolean; a null is as good as absent. */
function stringsOf(values: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([key, value]) =>
      value === null || value === undefined ? [] : [[key, String(value)]],
    ),
  );
}

/** Seen by a third party since 2026: a subaccount that the session has not loaded gives a bare 500 (notes §1.4). */
function needsPreload(
  ctx: EmulatorContext,
  params: Readonly<Record<string, string>>,
  loaded: readonly string[],
): boolean {
  const { subaccount } = params;
  if (subaccount === undefined || subaccount === '' || loaded.includes(subaccount)) return false;
  return ctx.switched('btp-cli.requirePreload', false);
}

function plainServerError(): Response {
  return new Response(null, { status: 500 });
}
