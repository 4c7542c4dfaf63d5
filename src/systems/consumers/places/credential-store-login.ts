import { createPrivateKey } from 'node:crypto';
import { SignJWT } from 'jose';
import { z } from 'zod';
import type { Tls } from '../../../kernel/context.ts';
import { ConfigError } from '../../../kernel/errors.ts';
import { Secret } from '../../../kernel/secret.ts';
import type { SystemContext } from '../../../kernel/system.ts';
import { answerOf } from '../../protocols/http/answer.ts';
import { renewing, type Send, serviceAt } from './rest.ts';

/**
 * What a binding has for each type of authentication (credential-store:39175ca): `basic` a password (64d56ea), `mtls` a
 * certificate with its key (14c3419), `oauth:mtls` these and a token URL (27ffb98), `oauth:key` a key and a token URL (082f920).
 */
export const login = {
  url: z.url(),
  username: z.string().optional(),
  password: z.string().optional(),
  certificate: z.string().optional(),
  key: z.string().optional(),
  oauth_token_url: z.url().optional(),
};
type Login = z.infer<z.ZodObject<typeof login>>;

/** `expires_in` in seconds. */
const tokenAnswer = z.looseObject({ access_token: z.string(), expires_in: z.number().default(1800) });

/** Calls within a namespace, with the login that the service key is for. @param name of the connection */
export async function credentialStoreAt(
  key: Login,
  namespace: string,
  name: string,
  ctx: SystemContext,
): Promise<Send> {
  const { url, username = '', password, certificate, key: privateKey, oauth_token_url: tokenUrl } = key;
  const tls = certificate === undefined || privateKey === undefined ? {} : { tls: certified(certificate, privateKey) };
  const at = (base: string, headers: Readonly<Record<string, string>>, more: { readonly tls?: Tls }) =>
    serviceAt({ system: 'credentialStore', url: base.endsWith('/') ? base : `${base}/`, headers, ...more }, ctx);
  const inNamespace = { 'sapcp-credstore-namespace': namespace };
  if (password !== undefined) {
    const basic = Buffer.from(`${username}:${password}`).toString('base64');
    return at(url, { ...inNamespace, authorization: `Basic ${basic}` }, {});
  }
  if (tokenUrl === undefined) return at(url, inNamespace, tls);
  return renewing(async () => {
    const form: Readonly<Record<string, string>> = tls.tls
      ? { credstore_namespace: namespace }
      : {
          client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
          client_assertion: await assertion({ privateKey, username, tokenUrl, namespace, name }, ctx),
        };
    const answer = await at(
      tokenUrl,
      {},
      tls,
    )({
      operation: 'get a token',
      method: 'POST',
      url: tokenUrl,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ grant_type: 'client_credentials', client_id: username, ...form }).toString(),
      // Twice is two tokens, each with an end.
      mutation: false,
    });
    const { access_token, expires_in } = await answerOf(tokenAnswer, answer);
    const send = at(url, { ...inNamespace, authorization: `Bearer ${access_token}` }, {});
    return { send, until: ctx.now() + expires_in * 1000 };
  }, ctx);
}

function certified(cert: string, key: string): Tls {
  return { cert, key: new Secret(key) };
}

/** credential-store:12f2490: for one namespace, and for passwords only. */
async function assertion(
  given: {
    readonly privateKey: string | undefined;
    readonly username: string;
    readonly tokenUrl: string;
    readonly namespace: string;
    readonly name: string;
  },
  ctx: SystemContext,
): Promise<string> {
  try {
    // PKCS#1, or PKCS#8 without its armour, as the other keys of a binding.
    const text = given.privateKey ?? '';
    const key = text.startsWith('-----')
      ? createPrivateKey(text)
      : createPrivateKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'pkcs8' });
    return await new SignJWT({ nsp: given.namespace })
      .setProtectedHeader({ typ: 'JWT', alg: 'RS256' })
      .setAudience(given.tokenUrl)
      .setIssuer(given.username)
      .setIssuedAt(Math.floor(ctx.now() / 1000))
      .setJti(ctx.id())
      .sign(key);
  } catch {
    // What OpenSSL says may hold a part of the key.
    throw new ConfigError(
      'ERR_CONFIG_CONNECTION',
      `connections.credentialStore.${given.name} has no login that works`,
      {
        remedy:
          'give the whole service key: it needs a password, a certificate with its key, or a key with oauth_token_url',
      },
    );
  }
}
