import { Hono } from 'hono';
import type { EmulatorDefinition } from '../../../../emulation/emulator.ts';
import { type HostEnv, mount } from '../../../../emulation/mount.ts';
import { BTP_CLI_HOST, HEADERS, hierarchyForNodesRequest, idTokenLoginRequest, loginRequest } from '../wire.ts';
import { browserLoginRoutes } from './browser-logins.ts';
import { originKeyOf } from './identity-providers.ts';
import { type LoginVerdict, logIn, logInByIdToken } from './logins.ts';
import { plain, tunnelled, verdict } from './responses.ts';
import { createSessions } from './sessions.ts';
import { speaksOurProtocol } from './versions.ts';

/** Recorded 115 times in 2,137 logins. */
const TIMEOUT =
  'A timeout was reached while preparing the command execution. The command execution request was not sent to the backend.';

/** The session side of `cli.btp.cloud.sap`; the commands are mounted by the slices that they belong to. */
export const btpCliEmulator: EmulatorDefinition = {
  id: 'btp-cli',
  create(ctx) {
    const sessions = createSessions(ctx);
    const app = new Hono<HostEnv>();

    const answered = (outcome: LoginVerdict): Response => {
      if (outcome.status === 504) return verdict(ctx, 504, TIMEOUT);
      if (outcome.status !== 200) return verdict(ctx, outcome.status);
      const { session } = outcome;
      return plain(ctx, { issuer: session.issuer, mail: session.user }, { [HEADERS.session]: session.id });
    };

    app.post('/login/:version', async (c) => {
      if (!speaksOurProtocol(c.req.param('version'))) return verdict(ctx, 412);
      const body = loginRequest.safeParse(await c.req.json().catch(() => undefined));
      return body.success ? answered(await logIn(ctx, sessions, body.data)) : verdict(ctx, 400);
    });

    app.post('/login/:version/idtoken', async (c) => {
      if (!speaksOurProtocol(c.req.param('version'))) return verdict(ctx, 412);
      const body = idTokenLoginRequest.safeParse(await c.req.json().catch(() => undefined));
      return body.success ? answered(await logInByIdToken(ctx, sessions, body.data)) : verdict(ctx, 400);
    });

    app.route('/', browserLoginRoutes(ctx, sessions, answered));

    // Shape known from clients before October 2023 only; no recording (notes §1.5).
    app.post('/logout/:version', (c) => {
      const id = c.req.header(HEADERS.session);
      if (id !== undefined) sessions.close(id);
      return plain(ctx, {});
    });

    // Three third-party clients agree on this call; it was never recorded (notes §1.1).
    app.post('/client/:version/globalAccountList', (c) => {
      const session = sessions.find(c.req.header(HEADERS.session) ?? null);
      if (!session) return verdict(ctx, 401);
      const authorization = ctx.world.use('authorization');
      const zones = ctx.world.use('accounts').zones();
      const visible = zones.filter((account) => {
        const originKey = account.kind === 'global-account' ? originKeyOf(ctx, session, account) : undefined;
        if (originKey === undefined) return false;
        return zones.some(
          (zone) =>
            zone.globalAccount === account.guid &&
            authorization.roleCollections(zone.guid, session.user, originKey).length > 0,
        );
      });
      const json = visible.map(({ guid, subdomain, displayName }) => ({ guid, subdomain, displayName }));
      return tunnelled(ctx, { status: 200, json }, 'application/json');
    });

    // Third party (crossplane-provider-btp): cures the bare 500 of a subaccount that the session has not loaded.
    app.post('/client/:version/globalAccountHierarchyForNodes', async (c) => {
      const session = sessions.find(c.req.header(HEADERS.session) ?? null);
      if (!session) return verdict(ctx, 401);
      const body = hierarchyForNodesRequest.safeParse(await c.req.json().catch(() => undefined));
      if (!body.success) return verdict(ctx, 400);
      const guids = body.data.nodes.map((node) => node.entityGuid);
      sessions.load(session.id, guids);
      const accounts = ctx.world.use('accounts');
      const json = guids.flatMap((guid) => {
        const zone = accounts.zone(guid);
        return zone ? [{ guid: zone.guid, displayName: zone.displayName, parentGUID: zone.parent ?? null }] : [];
      });
      return tunnelled(ctx, { status: 200, json }, 'application/json');
    });

    return { mounts: [mount(BTP_CLI_HOST, () => [BTP_CLI_HOST], app)], seed: async () => {} };
  },
};
