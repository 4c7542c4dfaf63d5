import { Hono } from 'hono';
import { z } from 'zod';
import type { HostEnv } from '../../../../../emulation/mount.ts';
import { accessDenied, Unhandled } from '../errors.ts';
import { answering, callerAt, jsonOf, pathPart, queryOf, type UaaOf, uaaAt } from '../requests.ts';
import { readClientInput } from './client-document.ts';
import { changeSecret, createClient, deleteClient, listClients, readClient, updateClient } from './oauth-clients.ts';

const secretChange = z.looseObject({
  oldSecret: z.string().nullish(),
  secret: z.string().nullish(),
  changeMode: z.enum(['UPDATE', 'ADD', 'DELETE']).nullish(),
});

const unhandled = () => new Unhandled(400);

/** Administration of OAuth clients (UAA ClientAdminEndpoints). */
export function clientRoutes(uaaOf: UaaOf): Hono<HostEnv> {
  const app = new Hono<HostEnv>();
  app.get(
    '/oauth/clients',
    answering(async (c) => c.json(listClients(uaaAt(uaaOf, c), await callerAt(uaaOf, c), queryOf(c)))),
  );
  app.post(
    '/oauth/clients',
    answering(async (c) => {
      const caller = await callerAt(uaaOf, c);
      return c.json(await createClient(uaaAt(uaaOf, c), caller, readClientInput(await jsonOf(c, unhandled))), 201);
    }),
  );
  app.get(
    '/oauth/clients/:id',
    answering(async (c) => c.json(readClient(uaaAt(uaaOf, c), await callerAt(uaaOf, c), pathPart(c, 'id')))),
  );
  app.put(
    '/oauth/clients/:id',
    answering(async (c) => {
      const caller = await callerAt(uaaOf, c);
      return c.json(
        updateClient(uaaAt(uaaOf, c), caller, pathPart(c, 'id'), readClientInput(await jsonOf(c, unhandled))),
      );
    }),
  );
  app.delete(
    '/oauth/clients/:id',
    answering(async (c) => c.json(deleteClient(uaaAt(uaaOf, c), await callerAt(uaaOf, c), pathPart(c, 'id')))),
  );
  app.put(
    '/oauth/clients/:id/secret',
    answering(async (c) => {
      const caller = await callerAt(uaaOf, c);
      const change = secretChange.safeParse(await jsonOf(c, unhandled));
      if (!change.success) throw new Unhandled(400);
      return c.json(await changeSecret(uaaAt(uaaOf, c), caller, pathPart(c, 'id'), change.data));
    }),
  );
  // What is not allowed above is denied to everybody (UAA client-admin-endpoints.xml).
  const denied = answering(async (c) => {
    await callerAt(uaaOf, c);
    throw accessDenied();
  });
  for (const path of ['/oauth/clients', '/oauth/clients/*']) app.all(path, denied);
  return app;
}
