import { Hono } from 'hono';
import type { EmulatorContext } from '../../../../emulation/emulator.ts';
import type { HostEnv } from '../../../../emulation/mount.ts';
import { BASE_PATH } from '../../wire.ts';
import { badRequest } from '../errors.ts';
import type { Store } from '../store.ts';
import { certificatePem, existingTrust, idpMetadata, makeTrust, removePassiveTrust, rotateTrust } from '../trust.ts';
import { type Asking, type Ctx, V1 } from './request.ts';

const PATH = `${V1}/saml2Metadata`;

/** The key pairs by which a subaccount signs SAML assertions, and what others are to know of them (OpenAPI 1.0.0). */
export function trustRoutes(ctx: EmulatorContext, store: Store, ask: Asking): Hono<HostEnv> {
  const app = new Hono<HostEnv>();
  const zoneOf = async (c: Ctx) => (await ask.caller(c)).zone;

  app.get(PATH, async (c) => {
    const xml = idpMetadata(store, await zoneOf(c));
    return c.json({ idpMetadata: Buffer.from(xml).toString('base64') });
  });

  for (const [path, active] of [
    [`${PATH}/certificate`, true],
    [`${PATH}/certificate/passive`, false],
  ] as const) {
    app.get(path, async (c) => c.json({ certificate: certificatePem(existingTrust(store, await zoneOf(c), active)) }));
    app.post(path, async (c) => {
      const zone = await zoneOf(c);
      await assertEmpty(c);
      return c.json({ certificate: certificatePem(await makeTrust(ctx, store, zone, active)) });
    });
  }

  app.delete(`${PATH}/certificate/passive`, async (c) => c.json({ Count: removePassiveTrust(store, await zoneOf(c)) }));

  app.post(`${PATH}/rotateCertificate`, async (c) => {
    const zone = await zoneOf(c);
    await assertEmpty(c);
    const { active, passive } = rotateTrust(store, zone);
    return c.json({ activeCertificate: certificatePem(active), passiveCertificate: certificatePem(passive) });
  });

  // There is no such cache here: nothing of IAS is kept.
  app.delete(`${BASE_PATH}/maintenance/v1/caches/ias`, async (c) => {
    await zoneOf(c);
    return c.body(null, 200);
  });

  return app;
}

/** OpenAPI 1.0.0, 400. */
async function assertEmpty(c: Ctx): Promise<void> {
  if ((await c.req.text()) !== '') throw badRequest('Request body should be empty!');
}
