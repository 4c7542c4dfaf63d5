import { type Context, Hono } from 'hono';
import { CompactEncrypt, compactDecrypt, importPKCS8, importSPKI } from 'jose';
import { z } from 'zod';
import type { EmulatorContext } from '../../../emulation/emulator.ts';
import type { HostEnv } from '../../../emulation/mount.ts';
import { CredstoreError } from './errors.ts';
import { type Caller, findPassword, removePassword, viewOf, writePassword } from './semantics.ts';
import type { Binding, CredstoreStore } from './store.ts';

const ALGORITHMS = { alg: 'RSA-OAEP-256', enc: 'A256GCM' } as const;
const MAX_AGE_SECONDS = 120;
const passwordBody = z.object({
  name: z.string().min(1).max(255),
  value: z.string().min(1).max(4096),
  username: z.string().optional(),
  metadata: z.string().optional(),
});

/** `/api/v1/credentials/password` (credential-store:7202e7a, decad8f). */
export function credstoreRoutes(ctx: EmulatorContext, store: CredstoreStore): Hono<HostEnv> {
  const app = new Hono<HostEnv>();
  const path = '/api/v1/credentials/password';

  app.onError((error, c) => {
    if (error instanceof CredstoreError) return c.json(error.body(), error.status);
    throw error;
  });

  app.post(path, async (c) => {
    const { binding, caller } = callerOf(c, store);
    const body = passwordBody.safeParse(await open(c, binding, ctx));
    if (!body.success) throw new CredstoreError(400, 'the password is not valid');
    const { kept, created } = writePassword(ctx, store, caller, body.data);
    return sealed(viewOf(kept), binding, ctx, created ? 201 : 200, kept.id);
  });

  app.get(path, async (c) => {
    const { binding, caller } = callerOf(c, store);
    const kept = findPassword(store, caller, c.req.query('name') ?? '');
    return sealed(viewOf(kept), binding, ctx, 200, kept.id);
  });

  app.delete(path, (c) => {
    const { caller } = callerOf(c, store);
    removePassword(store, caller, c.req.query('name') ?? '');
    return c.body(null, 204);
  });

  return app;
}

/** Basic authentication, and the namespace that each call is made in (credential-store:64d56ea, 14c3419). */
function callerOf(c: Context<HostEnv>, store: CredstoreStore): { readonly binding: Binding; readonly caller: Caller } {
  const basic = /^basic (.+)$/i.exec(c.req.header('authorization') ?? '')?.[1] ?? '';
  const [username = '', password] = Buffer.from(basic, 'base64').toString('utf8').split(':');
  const binding = store.bindings.get(username);
  if (!binding || binding.password !== password) throw new CredstoreError(401, 'unauthorized');
  const namespace = c.req.header('sapcp-credstore-namespace') ?? '';
  if (namespace === '' || namespace.length > 100) throw new CredstoreError(400, 'the namespace is missing or too long');
  return { binding, caller: { binding: binding.id, namespace } };
}

async function open(c: Context<HostEnv>, { serverPrivateKey }: Binding, ctx: EmulatorContext): Promise<unknown> {
  if (!c.req.header('content-type')?.startsWith('application/jose')) {
    throw new CredstoreError(400, 'the payload must be encrypted');
  }
  const text = await c.req.text();
  const key = await importPKCS8(armoured('PRIVATE KEY', serverPrivateKey), ALGORITHMS.alg);
  const opened = await compactDecrypt(text, key, {
    keyManagementAlgorithms: [ALGORITHMS.alg],
    contentEncryptionAlgorithms: [ALGORITHMS.enc],
  }).catch(() => {
    throw new CredstoreError(400, 'the payload can not be decrypted');
  });
  const { iat } = opened.protectedHeader;
  if (typeof iat !== 'number' || Math.abs(ctx.now() / 1000 - iat) > MAX_AGE_SECONDS) {
    throw new CredstoreError(400, 'the payload is too old');
  }
  try {
    return JSON.parse(new TextDecoder().decode(opened.plaintext)) as unknown;
  } catch {
    throw new CredstoreError(400, 'the payload is not JSON');
  }
}

async function sealed(
  view: object,
  { clientPublicKey }: Binding,
  ctx: EmulatorContext,
  status: 200 | 201,
  etag: string,
) {
  const key = await importSPKI(armoured('PUBLIC KEY', clientPublicKey), ALGORITHMS.alg);
  const body = await new CompactEncrypt(new TextEncoder().encode(JSON.stringify(view)))
    .setProtectedHeader({ ...ALGORITHMS, iat: Math.floor(ctx.now() / 1000) })
    .encrypt(key);
  const headers = { 'content-type': 'application/jose;charset=UTF-8', etag: `"${etag}"` };
  return new Response(body, { status, headers });
}

function armoured(label: string, base64: string): string {
  return `-----BEGIN ${label}-----\n${base64}\n-----END ${label}-----`;
}
