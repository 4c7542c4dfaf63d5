import sodium from 'libsodium-wrappers';
import { type Double, json, router } from './double.ts';

const FOLDER = 'https://api.github.com/repos/acme/app/actions/secrets';
await sodium.ready;

/** Secrets of a repository (docs.github.com/en/rest/actions/secrets): sealed boxes that only GitHub opens. */
export function createGithub(now: () => number): Double {
  const keys = sodium.crypto_box_keypair();
  const kept = new Map<string, { text: string; updatedAt: number }>();
  let writes = 0;
  const allowed = (request: Request) =>
    request.headers.get('authorization') === 'Bearer github-token' && request.headers.has('user-agent');
  return {
    fetch: router({
      [`GET ${FOLDER}/public-key`]: (request) => {
        if (!allowed(request)) return json(401, { message: 'Bad credentials' });
        return json(200, { key_id: '568250167242549743', key: Buffer.from(keys.publicKey).toString('base64') });
      },
      [`GET ${FOLDER}/:name`]: (request, { name = '' }) => {
        if (!allowed(request)) return json(401, { message: 'Bad credentials' });
        const found = kept.get(name);
        if (!found) return json(404, { message: 'Not Found' });
        const updated_at = new Date(found.updatedAt).toISOString().replace('.000Z', 'Z');
        return json(200, { name, created_at: updated_at, updated_at });
      },
      [`PUT ${FOLDER}/:name`]: async (request, { name = '' }) => {
        if (!allowed(request)) return json(401, { message: 'Bad credentials' });
        const { encrypted_value, key_id } = (await request.json()) as Record<string, string>;
        if (key_id !== '568250167242549743' || encrypted_value === undefined)
          return json(422, { message: 'Invalid request' });
        const box = Buffer.from(encrypted_value, 'base64');
        const opened = sodium.crypto_box_seal_open(box, keys.publicKey, keys.privateKey);
        const created = !kept.has(name);
        kept.set(name, { text: Buffer.from(opened).toString('utf8'), updatedAt: now() });
        writes++;
        return new Response(null, { status: created ? 201 : 204 });
      },
      [`DELETE ${FOLDER}/:name`]: (request, { name = '' }) => {
        if (!allowed(request)) return json(401, { message: 'Bad credentials' });
        if (!kept.delete(name)) return json(404, { message: 'Not Found' });
        writes++;
        return new Response(null, { status: 204 });
      },
    }),
    connections: { github: { main: { token: 'env:GITHUB_TOKEN' } } },
    secrets: { GITHUB_TOKEN: 'github-token' },
    target: { to: 'github', repository: 'acme/app', passwordSecret: 'CF_PASSWORD', userSecret: 'CF_USERNAME' },
    stored() {
      const [secret, login] = [kept.get('CF_PASSWORD')?.text, kept.get('CF_USERNAME')?.text];
      return secret === undefined ? undefined : { secret, ...(login === undefined ? {} : { login }) };
    },
    writes: () => writes,
  };
}
