import { createPrivateKey, type KeyObject } from 'node:crypto';
import { SignJWT } from 'jose';
import { z } from 'zod';
import { ConfigError } from '../../../kernel/errors.ts';
import { secretRefSchema } from '../../../kernel/manifest/grammar.ts';
import type { Secret } from '../../../kernel/secret.ts';
import type { SystemContext } from '../../../kernel/system.ts';
import { answerOf } from '../../protocols/http/answer.ts';
import { httpsUrl } from '../../protocols/http/grammar.ts';
import { pathOf, renewing, type Send, serviceAt } from './rest.ts';

export const githubConnection = z
  .strictObject({
    url: httpsUrl
      .default('https://api.github.com/')
      .describe('Address of the API; of GitHub Enterprise Server …/api/v3'),
    token: secretRefSchema
      .optional()
      .describe('Fine-grained token with Secrets (write), for environments Environments (write)'),
    app: z
      .strictObject({
        id: z.union([z.string().min(1), z.number().int().positive()]).describe('Client ID of the app, or its number'),
        privateKey: secretRefSchema.describe('Private key of the app, PEM'),
      })
      .optional()
      .describe('A GitHub App that is installed where the secrets are'),
  })
  .refine(({ token, app }) => (token === undefined) !== (app === undefined), 'exactly one of token and app');
type Connection = z.infer<typeof githubConnection>;

/** Where secrets are, and what it takes to write them (docs.github.com/en/rest/authentication/permissions-required-for-github-apps). */
export interface Owner {
  readonly repository?: string | undefined;
  readonly organization?: string | undefined;
  readonly environment?: string | undefined;
}

const installationAnswer = z.looseObject({ id: z.number() });
const tokenAnswer = z.looseObject({ token: z.string(), expires_at: z.iso.datetime({ offset: true }) });

/** Calls with the connection's token, or with one of the app that is good for this owner's secrets and nothing else. */
export async function githubAt(name: string, chosen: Connection, owner: Owner, ctx: SystemContext): Promise<Send> {
  const { url, token, app } = chosen;
  if (token !== undefined) return speak(url, (await ctx.secret(token)).reveal(), ctx);
  if (app === undefined) throw new TypeError('the grammar demands a token or an app');
  const key = privateKey(await ctx.secret(app.privateKey), name);
  return renewing(() => installed(url, { id: String(app.id), key }, owner, ctx), ctx);
}

/** Logs on as the app, where it is installed for this owner. */
async function installed(
  url: string,
  app: { readonly id: string; readonly key: KeyObject },
  owner: Owner,
  ctx: SystemContext,
) {
  const send = speak(url, await appToken(app.id, app.key, ctx), ctx);
  const [org = '', repo = ''] = (owner.repository ?? owner.organization ?? '').split('/');
  const at = owner.repository === undefined ? pathOf('orgs', org) : pathOf('repos', org, repo);
  const found = await send({ operation: 'find the installation of the app', url: `${at}/installation` });
  const { id } = await answerOf(installationAnswer, found);
  const made = await send({
    operation: 'make a token of the app',
    method: 'POST',
    url: `app/installations/${id}/access_tokens`,
    body: JSON.stringify(leastOf(owner, repo)),
    // Twice is two tokens, each with an end: nothing that a lost answer leaves in doubt.
    mutation: false,
    expect: [201],
  });
  const { token, expires_at } = await answerOf(tokenAnswer, made);
  return { send: speak(url, token, ctx), until: Date.parse(expires_at) };
}

/** The least that the token must be good for. */
function leastOf({ repository, environment }: Owner, repo: string): object {
  if (repository === undefined) return { permissions: { organization_secrets: 'write' } };
  // Secrets of an environment belong to the permission of environments.
  return {
    repositories: [repo],
    permissions: environment === undefined ? { secrets: 'write' } : { environments: 'write' },
  };
}

function speak(url: string, token: string, ctx: SystemContext): Send {
  const headers = {
    accept: 'application/vnd.github+json',
    authorization: `Bearer ${token}`,
    'user-agent': 'locum',
    'x-github-api-version': '2022-11-28',
  };
  return serviceAt({ system: 'github', url, headers, limited }, ctx);
}

/**
 * A limit is told by 403 as well as 429, as any other refusal is; what comes with it makes the difference
 * (docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api, *Exceeding the rate limit*).
 */
function limited({ status, headers }: Response, now: number): number | undefined {
  if (status !== 403 && status !== 429) return undefined;
  const after = headers.get('retry-after');
  if (after !== null && /^\d+$/.test(after)) return Number(after);
  if (headers.get('x-ratelimit-remaining') !== '0') return status === 429 ? 60 : undefined;
  const reset = Number(headers.get('x-ratelimit-reset'));
  return Number.isFinite(reset) ? Math.max(1, Math.ceil(reset - now / 1000)) : 60;
}

/** docs.github.com/en/apps, *Generating a JSON Web Token*: ten minutes at most, and a minute back for clocks that differ. */
function appToken(id: string, key: KeyObject, ctx: SystemContext): Promise<string> {
  const seconds = Math.floor(ctx.now() / 1000);
  return new SignJWT()
    .setProtectedHeader({ alg: 'RS256' })
    .setIssuer(id)
    .setIssuedAt(seconds - 60)
    .setExpirationTime(seconds + 540)
    .sign(key);
}

function privateKey(pem: Secret, name: string): KeyObject {
  try {
    // GitHub gives it as PKCS#1.
    return createPrivateKey(pem.reveal());
  } catch {
    // What OpenSSL says may hold a part of the key.
    throw new ConfigError('ERR_CONFIG_CONNECTION', `app.privateKey of connections.github.${name} is no private key`, {
      remedy: 'give the whole PEM file that GitHub made for the app',
    });
  }
}
