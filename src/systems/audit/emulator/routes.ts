import { type Context, Hono } from 'hono';
import { decodeJwt } from 'jose';
import { z } from 'zod';
import type { EmulatorContext } from '../../../emulation/emulator.ts';
import type { HostEnv } from '../../../emulation/mount.ts';
import { createTokenVerifier } from '../../protocols/oauth/emulator/token-verifier.ts';
import { AuditError, forbidden, unauthorized } from './errors.ts';
import { createAuditLimit } from './limits.ts';
import { READ_SCOPE } from './seed.ts';
import { findRecords } from './semantics.ts';
import type { AuditKey, AuditStore } from './store.ts';
import { recordView } from './views.ts';

const claims = z.looseObject({ zid: z.string(), cid: z.string(), scope: z.array(z.string()).default([]) });

/** `auditlog-management`: reading the audit log of a subaccount or global account (btp:30ece35, 7db3c9f). */
export function auditRoutes(ctx: EmulatorContext, store: AuditStore): Hono<HostEnv> {
  const app = new Hono<HostEnv>();
  const verify = createTokenVerifier(ctx);
  const admit = createAuditLimit(ctx);

  async function keyOf(c: Context<HostEnv>): Promise<AuditKey> {
    const token = /^bearer (.+)$/i.exec(c.req.header('authorization') ?? '')?.[1];
    if (token === undefined) throw unauthorized();
    const found = await read(token, c.env.region ?? '').catch(() => {
      throw unauthorized();
    });
    const key = store.keys.get(found.cid);
    if (key?.zone !== found.zid || !found.scope.includes(READ_SCOPE)) throw forbidden();
    return key;
  }

  async function read(token: string, region: string): Promise<z.infer<typeof claims>> {
    const { host } = new URL(decodeJwt(token).iss ?? '');
    if (!host.endsWith(`.authentication.${region}.hana.ondemand.com`)) throw unauthorized();
    return claims.parse(await verify(token, `https://${host}/token_keys`));
  }

  app.get('/auditlog/v2/auditlogrecords', async (c) => {
    try {
      const { tenant } = await keyOf(c);
      admit(tenant, c.env.region ?? '');
      const { records, handle } = findRecords(ctx, store, tenant, new URL(c.req.url).searchParams);
      if (records.length === 0) return c.body(null, 204);
      return c.json(records.map(recordView), 200, handle === undefined ? {} : { paging: `handle=${handle}` });
    } catch (error) {
      if (error instanceof AuditError) return c.json(error.body(), error.status);
      throw error;
    }
  });
  return app;
}
