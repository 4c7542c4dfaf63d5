import { address } from '../address.ts';
import { isNews } from '../errors.ts';
import type { FindingKind } from '../finding.ts';
import type { SecretRef, TechnicalUser } from '../manifest/types.ts';
import type { SystemContext } from '../system.ts';
import type { Expiry } from './due.ts';
import { endOf } from './validity.ts';

/** What ends by itself in secrets that Locum keeps or is given. */
export const dueFindings: readonly FindingKind[] = [
  {
    code: 'SECRET_EXPIRED',
    title: 'a secret has ended by what is in it',
    explanation:
      'Its certificate, or the date that its service wrote into it, is over: services refuse it. Make a new one: `locum rotate` where Locum makes it, else where it came from.',
  },
  {
    code: 'SECRET_EXPIRES_SOON',
    title: 'a secret ends soon by what is in it',
    explanation:
      'Bindings of SAP Credential Store and keys with certificates live for a limited time. Rotate before, or give the connection a new one.',
  },
  {
    code: 'SECRET_END_UNKNOWN',
    title: 'nobody can tell when a secret ends',
    explanation: 'It is not there, or could not be read. The entry says why.',
  },
  {
    code: 'ROTATION_DUE',
    title: 'a credential is older than its manifest wants',
    explanation: '`rotation.every` of the manifest says how often. `locum rotate --due` on a schedule does it in time.',
  },
  {
    code: 'ROTATION_DUE_SOON',
    title: 'a credential is soon as old as its manifest wants',
    explanation: '`rotation.every` of the manifest says how often. `locum rotate --due` on a schedule does it in time.',
  },
];

const SECRET_CODES = { ended: 'SECRET_EXPIRED', soon: 'SECRET_EXPIRES_SOON', unknown: 'SECRET_END_UNKNOWN' };
const ROTATION_CODES = { ended: 'ROTATION_DUE', soon: 'ROTATION_DUE_SOON', unknown: 'SECRET_END_UNKNOWN' };
const DAY_MS = 86_400_000;

/** When `rotation.every` of the manifest wants technical users' passwords replaced. Those that their policy ends have an entry besides. */
export async function rotationExpiries(
  users: readonly TechnicalUser[],
  ctx: SystemContext,
): Promise<readonly Expiry[]> {
  const { name: manifest } = ctx.manifest;
  const found = await Promise.all(
    users.map(async ({ name, rotation }): Promise<readonly Expiry[]> => {
      const versions = rotation ? await ctx.vault.history(`${manifest}/${name}`) : [];
      const current = versions.findLast(({ state }) => state === 'current');
      if (!rotation || !current) return [];
      const since = current.createdAt;
      const because = `it is replaced every ${Math.round(rotation.everyMs / DAY_MS)} days`;
      return [
        {
          user: name,
          subject: address('vault', 'secret', manifest, name),
          title: 'rotation',
          since,
          end: { kind: 'at', at: since + rotation.everyMs, because },
          codes: ROTATION_CODES,
          remedy: `locum rotate ${name}`,
        },
      ];
    }),
  );
  return found.flat();
}

/** Secrets that connections refer to, as far as they tell an end: keys with certificates, bindings with a date. */
export async function connectionExpiries(ctx: SystemContext): Promise<readonly Expiry[]> {
  const refs = refsIn(ctx.manifest.connections, []);
  const found = await Promise.all(
    refs.map(async ({ path, ref }): Promise<readonly Expiry[]> => {
      const entry = {
        user: ctx.manifest.name,
        subject: address('connections', 'secret', ...path),
        title: `connections.${path.join('.')}`,
        codes: SECRET_CODES,
        remedy: `give ${ref} a new one`,
      };
      try {
        const end = endOf(await ctx.secret(ref));
        return end ? [{ ...entry, end }] : [];
      } catch (error) {
        if (!isNews(error)) throw error;
        return [{ ...entry, end: { kind: 'unknown', because: error.message } }];
      }
    }),
  );
  return found.flat();
}

function refsIn(
  value: unknown,
  path: readonly string[],
): readonly { readonly path: readonly string[]; readonly ref: SecretRef }[] {
  if (typeof value === 'string') return /^(env|file|vault):./.test(value) ? [{ path, ref: value }] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => refsIn(inner, [...path, key]));
}
