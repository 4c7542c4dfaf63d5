import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { jwtVerify } from 'jose';
import sodium from 'libsodium-wrappers';
import { type Double, type Handler, json, router } from './double.ts';

const API = 'https://api.github.com';
await sodium.ready;

/** Where the secrets are, as a path of the API. */
const PLACES = {
  repository: { folder: `${API}/repos/acme/app/actions/secrets`, of: { repository: 'acme/app' } },
  environment: {
    folder: `${API}/repos/acme/app/environments/prod%20eu/secrets`,
    of: { repository: 'acme/app', environment: 'prod eu' },
  },
  organization: { folder: `${API}/orgs/acme/actions/secrets`, of: { organization: 'acme' } },
} as const;

export interface GithubOptions {
  /** @default 'repository' */
  readonly place?: keyof typeof PLACES;
  /** Logs on as an app: instead of with a person's token. */
  readonly app?: boolean;
  /** Repositories of a secret of the organization that its owner made before. */
  readonly chosen?: readonly number[];
}

/** Secrets of GitHub Actions (docs.github.com/en/rest/actions/secrets): sealed boxes that only GitHub opens. */
export function createGithub(now: () => number, { place = 'repository', app, chosen }: GithubOptions = {}) {
  const { folder, of } = PLACES[place];
  const keys = sodium.crypto_box_keypair();
  const kept = new Map<string, { text: string; updatedAt: number; visibility?: string; repositories?: number[] }>();
  if (chosen)
    kept.set('CF_PASSWORD', { text: 'made by hand', updatedAt: 0, visibility: 'selected', repositories: [...chosen] });
  /** What each token of the app was asked to be good for, and until when it is good. */
  const tokens = new Map<string, { readonly asked: object; readonly until: number }>();
  const pair = app ? generateKeyPairSync('rsa', { modulusLength: 2048 }) : undefined;
  let writes = 0;
  const refused = (status: number, message: string) =>
    json(status, { message, documentation_url: 'https://docs.github.com/rest', status: String(status) });
  const allowed =
    (handle: Handler): Handler =>
    (request, match) => {
      // Without it, GitHub refuses every call.
      if (!request.headers.has('user-agent')) return refused(403, 'Request forbidden by administrative rules.');
      const token = request.headers.get('authorization')?.replace(/^Bearer /, '') ?? '';
      if (app ? (tokens.get(token)?.until ?? 0) <= now() : token !== 'github-token')
        return refused(401, 'Bad credentials');
      return handle(request, match);
    };
  return {
    fetch: router({
      ...(pair && appRoutes(pair.publicKey, tokens, now)),
      [`GET ${folder}/public-key`]: allowed(() =>
        json(200, { key_id: '568250167242549743', key: Buffer.from(keys.publicKey).toString('base64') }),
      ),
      [`GET ${folder}/:name`]: allowed((_request, { name = '' }) => {
        const found = kept.get(name);
        if (!found) return refused(404, 'Not Found');
        const updated_at = `${new Date(found.updatedAt).toISOString().slice(0, 19)}Z`;
        const { visibility } = found;
        return json(200, {
          name,
          created_at: updated_at,
          updated_at,
          ...(visibility === undefined ? {} : { visibility }),
        });
      }),
      [`GET ${folder}/:name/repositories`]: allowed((request, { name = '' }) => {
        const page = Number(new URL(request.url).searchParams.get('page'));
        const all = kept.get(name)?.repositories ?? [];
        // Smaller pages than were asked for: who counts on the size reads too little.
        const repositories = all
          .slice((page - 1) * 2, page * 2)
          .map((id) => ({ id, name: `r${id}`, full_name: `acme/r${id}` }));
        return json(200, { total_count: all.length, repositories });
      }),
      [`PUT ${folder}/:name`]: allowed(async (request, { name = '' }) => {
        const {
          encrypted_value = '',
          key_id,
          visibility,
          selected_repository_ids,
        } = (await request.json()) as {
          [key: string]: string;
        } & { selected_repository_ids?: number[] };
        if (key_id !== '568250167242549743') return refused(422, 'Invalid request');
        if (place === 'organization' && visibility === undefined) return refused(422, 'Invalid request');
        const box = Buffer.from(encrypted_value, 'base64');
        const opened = sodium.crypto_box_seal_open(box, keys.publicKey, keys.privateKey);
        const created = !kept.has(name);
        kept.set(name, {
          text: Buffer.from(opened).toString('utf8'),
          updatedAt: now(),
          ...(visibility === undefined ? {} : { visibility }),
          ...(selected_repository_ids === undefined ? {} : { repositories: selected_repository_ids }),
        });
        writes++;
        return created ? json(201, {}) : new Response(null, { status: 204 });
      }),
      [`DELETE ${folder}/:name`]: allowed((_request, { name = '' }) => {
        if (!kept.delete(name)) return refused(404, 'Not Found');
        writes++;
        return new Response(null, { status: 204 });
      }),
    }),
    connections: {
      github: { main: app ? { app: { id: 'Iv23acme', privateKey: 'env:APP_KEY' } } : { token: 'env:GITHUB_TOKEN' } },
    },
    secrets: {
      GITHUB_TOKEN: 'github-token',
      ...(pair && { APP_KEY: pair.privateKey.export({ type: 'pkcs1', format: 'pem' }) as string }),
    },
    target: { to: 'github', ...of, passwordSecret: 'CF_PASSWORD', userSecret: 'CF_USERNAME' },
    stored() {
      const [secret, login] = [kept.get('CF_PASSWORD')?.text, kept.get('CF_USERNAME')?.text];
      return secret === undefined ? undefined : { secret, ...(login === undefined ? {} : { login }) };
    },
    writes: () => writes,
    overwrite: (text: string) => void kept.set('CF_PASSWORD', { text, updatedAt: now() }),
    /** Who may read a secret of an organization. */
    audience: (name: string) => kept.get(name),
    /** What each token of the app was asked to be good for. */
    granted: () => [...tokens.values()].map(({ asked }) => asked),
  } satisfies Double & Record<string, unknown>;
}

/** An app logs on with a token that it signs, and gets one for an installation (docs.github.com/en/rest/apps/apps). */
function appRoutes(
  publicKey: KeyObject,
  tokens: Map<string, { readonly asked: object; readonly until: number }>,
  now: () => number,
): Record<string, Handler> {
  const signed = async (request: Request): Promise<boolean> => {
    const token = request.headers.get('authorization')?.replace(/^Bearer /, '') ?? '';
    const key = createPublicKey(publicKey.export({ type: 'spki', format: 'pem' }));
    const options = { issuer: 'Iv23acme', algorithms: ['RS256'], currentDate: new Date(now()) };
    return jwtVerify(token, key, options).then(
      ({ payload: { iat = 0, exp = Infinity } }) => exp - iat <= 660 && exp - now() / 1000 <= 600,
      () => false,
    );
  };
  const refused = () => json(401, { message: 'A JSON web token could not be decoded' });
  const installation = { id: 42, app_id: 7, target_type: 'Organization', permissions: {}, suspended_at: null };
  const find = async (request: Request) => ((await signed(request)) ? json(200, installation) : refused());
  return {
    [`GET ${API}/repos/acme/app/installation`]: find,
    [`GET ${API}/orgs/acme/installation`]: find,
    [`POST ${API}/app/installations/42/access_tokens`]: async (request) => {
      if (!(await signed(request))) return refused();
      const asked = (await request.json()) as { permissions: object };
      const token = `ghs_${tokens.size}`;
      const until = now() + 3_600_000;
      tokens.set(token, { asked, until });
      const expires_at = `${new Date(until).toISOString().slice(0, 19)}Z`;
      return json(201, { token, expires_at, permissions: asked.permissions });
    },
  };
}
