import { createPrivateKey, type KeyObject, sign } from 'node:crypto';
import { promisify } from 'node:util';
import { exportJWK, exportPKCS8, exportSPKI, type JWTPayload } from 'jose';
import { effortOf } from '../../../emulation/effort.ts';
import type { EmulatorContext } from '../../../emulation/emulator.ts';
import type { Collection } from '../../../emulation/state.ts';
import { createTokenMemory, type PublicKey, type TokenMemory } from './emulator/token-memory.ts';

/** Parameters of a token request: query and form together. Where both have a key the query wins, as in a servlet. */
export interface TokenRequest {
  readonly params: URLSearchParams;
  /** Client credentials from Basic or the body; `secret` undefined = none was sent, '' = the empty secret. */
  readonly client: { readonly id: string; readonly secret: string | undefined; readonly basic: boolean } | undefined;
  /** `client_id` in the body that contradicts the Basic header. */
  readonly contradictingClient: boolean;
}

/**
 * Reads a token request as UAA, XSUAA and IAS do (notes cf-uaa §2.1, clients.md traps 4 to 6).
 * @param textOf reads the body; throws when the service does not take it
 */
export async function readTokenRequest(
  request: Request,
  textOf = (request: Request): Promise<string> => request.text(),
): Promise<TokenRequest> {
  const params = new URLSearchParams();
  const type = request.headers.get('content-type') ?? '';
  if (type.startsWith('application/x-www-form-urlencoded')) {
    for (const [key, value] of new URLSearchParams(await textOf(request))) params.set(key, value);
  }
  for (const [key, value] of new URL(request.url).searchParams) params.set(key, value);
  const header = /^basic (.+)$/i.exec(request.headers.get('authorization') ?? '')?.[1];
  const bodyClient = params.get('client_id');
  if (header !== undefined) {
    const text = Buffer.from(header, 'base64').toString('utf8');
    const colon = text.indexOf(':');
    // Clients send the parts raw or form-encoded; a raw '%' or '+' that does not decode stays as it is.
    const id = formDecode(colon < 0 ? text : text.slice(0, colon));
    const secret = colon < 0 ? '' : formDecode(text.slice(colon + 1));
    return {
      params,
      client: { id, secret, basic: true },
      contradictingClient: bodyClient !== null && bodyClient !== id,
    };
  }
  if (bodyClient === null) return { params, client: undefined, contradictingClient: false };
  return {
    params,
    client: { id: bodyClient, secret: params.get('client_secret') ?? undefined, basic: false },
    contradictingClient: false,
  };
}

function formDecode(text: string): string {
  if (!/[%+]/.test(text)) return text;
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}

interface StoredKey {
  readonly kid: string;
  readonly pkcs8: string;
  readonly spki: string;
  readonly jwk: PublicKey;
}

/** Keys that sign nothing just now, by the document that they were read from. */
const idleKeys = new WeakMap<StoredKey, KeyObject[]>();

const signOnThread = promisify(sign);

/**
 * Signs on a thread of its own, which jose cannot: the signatures of WebCrypto are made on the event loop (Node 24). Nor may two
 * threads share a `KeyObject`: it is locked while one signs, and even the event loop waits for it.
 */
async function signApart(stored: StoredKey, data: Uint8Array): Promise<Buffer> {
  const idle = idleKeysOf(stored);
  const key = idle.pop() ?? createPrivateKey(stored.pkcs8);
  try {
    return await signOnThread('sha256', data, key);
  } finally {
    idle.push(key);
  }
}

/** Signs on the event loop. */
function signHere(stored: StoredKey, data: Uint8Array): Buffer {
  const idle = idleKeysOf(stored);
  const key = idle.pop() ?? createPrivateKey(stored.pkcs8);
  idle.push(key);
  return sign('sha256', data, key);
}

function idleKeysOf(stored: StoredKey): KeyObject[] {
  const idle = idleKeys.get(stored) ?? [];
  idleKeys.set(stored, idle);
  return idle;
}

const base64url = (json: object) => Buffer.from(JSON.stringify(json)).toString('base64url');

/** The RS256 signing keys of one issuer; made at first use and kept with the landscape's state. */
export interface TokenKeys {
  /**
   * Signs with the active key; the header gets `alg`, `kid`, `typ: JWT` and what is in `header`. Done aside (see
   * `EmulatorContext.aside`): a code or token that may be used once is taken before.
   */
  sign(claims: JWTPayload, header?: { readonly jku?: string; readonly typ?: string }): Promise<string>;
  /** Public JWKs as UAA lists them: with `value` (PEM), `alg`, `use`, `kid`. The active key comes first. */
  list(): Promise<readonly PublicKey[]>;
  /** Tokens of the issuer that were verified. */
  readonly verified: TokenMemory;
  /** Makes a new active key; the old ones stay listed. */
  rotate(): Promise<void>;
}

/** @param issuer unique name of the issuer within the landscape, e.g. `uaa/eu10-004` */
export function createTokenKeys(
  ctx: Pick<EmulatorContext, 'state' | 'aside'> & Partial<Pick<EmulatorContext, 'effort'>>,
  issuer: string,
): TokenKeys {
  const { keyPair } = ctx.effort ?? effortOf('full');
  const stored: Collection<readonly StoredKey[]> = ctx.state.collection('oauth/keys');
  let making: Promise<readonly StoredKey[]> | undefined;

  async function make(): Promise<readonly StoredKey[]> {
    const pair = await keyPair();
    const known = stored.get(issuer) ?? [];
    const kid = `key-${known.length + 1}`;
    const spki = await exportSPKI(pair.publicKey);
    const key: StoredKey = {
      kid,
      pkcs8: await exportPKCS8(pair.privateKey),
      spki,
      jwk: { ...(await exportJWK(pair.publicKey)), use: 'sig', kid, alg: 'RS256', value: spki.trim() },
    };
    const keys = [key, ...known];
    stored.set(issuer, keys);
    return keys;
  }

  function keys(): Promise<readonly StoredKey[]> {
    const known = stored.get(issuer);
    if (known) return Promise.resolve(known);
    making ??= make().finally(() => {
      making = undefined;
    });
    return making;
  }

  return {
    verified: createTokenMemory(),
    async sign(claims, header = {}) {
      const [active] = await keys();
      if (!active) throw new TypeError(`no key for ${issuer}`);
      const signed = `${base64url({ alg: 'RS256', typ: 'JWT', ...header, kid: active.kid })}.${base64url(claims)}`;
      const data = Buffer.from(signed);
      // 1 ms on the event loop; on a thread it waits behind hashes of 20 ms each, and everybody with it.
      const signature = await ctx.aside(
        () => signApart(active, data),
        () => signHere(active, data),
      );
      return `${signed}.${signature.toString('base64url')}`;
    },
    async list() {
      return (await keys()).map((key) => key.jwk);
    },
    async rotate() {
      await make();
    },
  };
}
